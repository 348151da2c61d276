import { amountText, fits, type Amount } from '../scenario/amount.ts';
import type { Expected, ExpectedAttempt } from '../scenario/expected.ts';
import type { RunFacts } from '../play/facts.ts';
import type { LedgerAttempt } from '../watcher/ledger.ts';
import { type Difference, differs, lacks } from './difference.ts';

/** Status, ending, what it is blocked by, and its phases. */
export function compareRun(expected: Expected, { view }: RunFacts): readonly Difference[] {
  const found: Difference[] = [];
  if (expected.status !== null) found.push(...differs('status', expected.status, view.status));
  if (expected.ending !== null) found.push(...differs('ending', expected.ending, endingOf(view.ending)));
  if (expected.phases !== null) {
    const phases = view.phases.map(({ number }) => number);
    found.push(...differs('phases', expected.phases.join(', '), phases.join(', ')));
  }
  if (expected.blocked !== null) found.push(...compareBlocked(expected.blocked, view));
  return found;
}

export function endingOf(ending: unknown): string | null {
  return (ending as { readonly kind?: string } | null)?.kind ?? null;
}

function compareBlocked(
  expected: NonNullable<Expected['blocked']>,
  { blocked }: RunFacts['view'],
): readonly Difference[] {
  const named = (tasks: readonly { readonly task: string; readonly code: string }[]): string =>
    tasks.map(({ task, code }) => `${task} (${code})`).join(', ') || 'nothing';
  const found = blocked.map(({ taskName, code }) => ({ task: taskName, code }));
  const texts = expected.flatMap(({ task, says }) => {
    const block = blocked.find(({ taskName }) => taskName === task);
    if (block === undefined || says === null) return [];
    return lacks(`blocked.${task}`, says, [block.message, block.output ?? '', ...block.next].join('\n'));
  });
  return [...differs('blocked', named(expected), named(found)), ...texts];
}

/** The tasks that the scenario names, by their status. */
export function compareTasks(expected: Expected, { view }: RunFacts): readonly Difference[] {
  return [...(expected.tasks ?? [])].flatMap(([name, status]) => {
    const task = view.tasks.find((one) => one.name === name);
    return differs(`tasks.${name}`, status, task?.status ?? 'no such task');
  });
}

/** The attempts of each task that the scenario names, all of them and in their order. */
export function compareAttempts(expected: Expected, { ledger }: RunFacts): readonly Difference[] {
  const taskIds = new Map([...ledger.tasks.values()].map(({ name, id }) => [name, id]));
  return [...(expected.attempts ?? [])].flatMap(([name, wanted]) => {
    const attempts = [...ledger.attempts.values()].filter(({ taskId }) => taskId === taskIds.get(name));
    const path = `attempts.${name}`;
    const counts = differs(
      path,
      wanted.map(wantedText).join(', '),
      attempts.map(attemptText(wanted)).join(', '),
    );
    if (counts.length > 0) return counts;
    return wanted.flatMap(({ says, turns }, index) => {
      const attempt = attempts[index];
      const reason = lacks(`${path}[${index}]`, says, attempt?.reason ?? '');
      return [...reason, ...compareAmount(`${path}[${index}].turns`, turns, attempt?.turn ?? 0)];
    });
  });
}

/** Both sides say only what the scenario asks for. */
function wantedText({ role, status, failure }: ExpectedAttempt): string {
  return [role, status, failure].filter((part) => part !== null).join(' ');
}

function attemptText(wanted: readonly ExpectedAttempt[]) {
  return ({ role, status, failure }: LedgerAttempt, index: number): string => {
    const asked = wanted[index];
    const parts = [
      asked === undefined || asked.role !== null ? role : null,
      status,
      asked === undefined || asked.failure !== null ? failure : null,
    ];
    return parts.filter((part) => part !== null).join(' ');
  };
}

export function compareAmount(path: string, expected: Amount | null, found: number): readonly Difference[] {
  if (expected === null || fits(expected, found)) return [];
  return [{ path, expected: amountText(expected), found: String(found) }];
}

/** All findings, in their order. */
export function compareFindings(expected: Expected, { view }: RunFacts): readonly Difference[] {
  if (expected.findings === null) return [];
  const counts = differs('findings', `${expected.findings.length}`, `${view.findings.length}`);
  if (counts.length > 0) return counts;
  return expected.findings.flatMap(({ says, ...fields }, index) => {
    const finding = view.findings[index];
    const path = `findings[${index}]`;
    const named = Object.entries(fields) as [keyof typeof fields, string | null][];
    const different = named.flatMap(([name, wanted]) =>
      wanted === null ? [] : differs(`${path}.${name}`, wanted, finding?.[name] ?? null),
    );
    return [...different, ...(says === null ? [] : lacks(path, [says], finding?.message ?? ''))];
  });
}

/** What agents were told, in their prompts and in what was sent back to them. */
export function compareMessages(
  expected: Expected,
  { ledger, prompts, events }: RunFacts,
): readonly Difference[] {
  return (expected.messages ?? []).flatMap(({ task, role, says }, index) => {
    const attempts = [...ledger.attempts.values()].filter(
      (attempt) =>
        ledger.tasks.get(attempt.taskId)?.name === task && (role === null || attempt.role === role),
    );
    const ids = new Set(attempts.map(({ id }) => id));
    const returned = events.filter(
      ({ type, data }) => type === 'attempt.returned' && ids.has(String(data['attemptId'])),
    );
    const told = [
      ...[...ids].map((id) => prompts.get(id) ?? ''),
      ...returned.map(({ data }) => String(data['message'])),
    ];
    return lacks(`messages[${index}] (to ${role ?? 'the agents'} of ${task})`, says, told.join('\n'));
  });
}
