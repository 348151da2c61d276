import type { Difference } from '../expectation/difference.ts';
import type { Facts, RunFacts } from '../play/facts.ts';
import type { Expected } from '../scenario/expected.ts';
import { type Ledger, unsettled } from '../watcher/ledger.ts';
import type { Category, Failure } from './failure.ts';

/** A failure before evidence and next steps are added. */
export type Finding = Pick<Failure, 'category' | 'message'> & { readonly lines: readonly string[] };

/**
 * Everything that went wrong, the deepest cause first: who cannot trust what he saw need not look at the outcome.
 */
export function judge(
  expected: Expected,
  facts: Facts,
  differences: readonly Difference[],
): readonly Finding[] {
  const found = [...observation(facts), ...orchestration(facts)];
  const stuck = stuckRuns(facts);
  return [...found, ...stuck, ...outcome(expected, facts, differences, stuck.length > 0)];
}

function finding(category: Category, message: string, lines: readonly string[] = []): Finding {
  return { category, message, lines };
}

/** What was seen must be whole, and the ways to see it must agree. */
function observation(facts: Facts): readonly Finding[] {
  const found = facts.runs.flatMap((run) => [...gapsOf(run, facts), ...disagreements(run)]);
  return found.length === 0
    ? []
    : [finding('observation', 'what was seen cannot be trusted', [...found, ...facts.complaints])];
}

/** Both ways to see events must give each of them once and in order, at least as far as `tina status` has told of. */
function gapsOf({ view, events }: RunFacts, { followed }: Facts): readonly string[] {
  const seen = {
    [`tina events ${view.id} --follow`]: followed.get(view.id) ?? [],
    [`tina events ${view.id}`]: events.map(({ number }) => number),
  };
  return Object.entries(seen).flatMap(([command, numbers]) => {
    const isWhole = numbers.every((number, index) => number === index + 1) && numbers.length >= view.revision;
    return isWhole ? [] : [`${command} gave ${describe(numbers)}, not 1 to ${view.revision}`];
  });
}

function describe(numbers: readonly number[]): string {
  const doubles = numbers.length - new Set(numbers).size;
  const twice = doubles > 0 ? `, ${doubles} of them twice` : '';
  return `${numbers.length} events up to ${numbers.at(-1) ?? 0}${twice}`;
}

/** `tina status` must say what the events say. */
function disagreements({ view, ledger }: RunFacts): readonly string[] {
  const problems = view.tasks.flatMap(({ id, name, status }) => {
    const told = ledger.tasks.get(id)?.status ?? 'unknown';
    return told === status ? [] : [`tina status shows ${name} as ${status}, its events say ${told}`];
  });
  if (ledger.ended !== null && view.status !== ledger.ended)
    problems.push(`tina status shows ${view.status}, the events say ${ledger.ended}`);
  return problems;
}

/** What must hold whatever the scenario expects. */
function orchestration({ verified, leftovers, runs }: Facts): readonly Finding[] {
  const unclean = verified.filter(({ clean }) => !clean);
  const found: Finding[] = [];
  const undone = runs.flatMap(({ view }) => (view.status === 'complete' ? undoneOf(view) : []));
  if (undone.length > 0)
    found.push(finding('orchestration', 'a run is shown as complete and is not', undone));
  if (unclean.length > 0) {
    const lines = unclean.flatMap(({ problems }) => problems);
    found.push(finding('orchestration', `tina verify: ${lines[0] ?? 'not clean'}`, lines));
  }
  if (leftovers.length > 0)
    found.push(finding('orchestration', 'something is left although every run has ended', leftovers));
  return found;
}

/** What a run that is complete may not have. */
function undoneOf({ tasks, findings }: RunFacts['view']): readonly string[] {
  const open = tasks.filter(({ status }) => status !== 'completed' && status !== 'skipped');
  return [
    ...open.map(({ name, status }) => `${name} is ${status}`),
    ...findings.filter(({ status }) => status === 'open').map(({ message }) => `open finding: ${message}`),
  ];
}

/** Runs that did not come to an end in time, and what they waited for. */
function stuckRuns({ end, runs, durationMs }: Facts): readonly Finding[] {
  if (end !== 'timeout') return [];
  const seconds = Math.round(durationMs / 1000);
  return runs
    .filter(({ ledger }) => ledger.ended === null)
    .map(({ view, ledger }) => {
      const agents = atWork(ledger);
      const category = agents.length > 0 ? 'agent' : 'orchestration';
      const why = agents.length > 0 ? agents.join(', ') : 'no agent is at work';
      return finding(category, `run ${view.id} has not ended after ${seconds} s: ${why}`);
    });
}

function atWork(ledger: Ledger): readonly string[] {
  return unsettled(ledger)
    .filter(({ status }) => status === 'running' || status === 'parked')
    .map(
      ({ role, taskId, status }) => `the ${role} of ${ledger.tasks.get(taskId)?.name ?? taskId} is ${status}`,
    );
}

function outcome(
  expected: Expected,
  facts: Facts,
  differences: readonly Difference[],
  isStuck: boolean,
): readonly Finding[] {
  const lines = differences.map(
    ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
  );
  const [first] = differences;
  if (first?.path.startsWith('launch')) return [launchFinding(expected, facts, lines)];
  const moments = facts.neverPlayed.map((moment) => `the moment of a fault never came: ${moment}`);
  const steps = facts.stepProblems;
  const found: Finding[] = [];
  if (steps.length > 0) found.push(finding('outcome', steps[0] ?? '', steps));
  if (lines.length > 0 && !isStuck) found.push(differenceFinding(expected, facts, lines));
  if (moments.length > 0 && !isStuck) found.push(finding('outcome', moments[0] ?? '', moments));
  return found;
}

/** A launch that is refused unexpectedly never got as far as orchestrating. */
function launchFinding({ launch }: Expected, facts: Facts, lines: readonly string[]): Finding {
  const isUnexpected = (launch?.exit ?? 0) === 0;
  return isUnexpected
    ? finding(
        'set-up',
        `the run could not be launched (tina orchestrate ended with ${facts.launch.code})`,
        lines,
      )
    : finding('outcome', lines[0] ?? '', lines);
}

/** Where agents failed and the run was not meant to be blocked, that is what it comes down to. */
function differenceFinding({ status }: Expected, { runs }: Facts, lines: readonly string[]): Finding {
  const [run] = runs;
  const isBlockedUnexpectedly = run?.view.status === 'blocked' && status !== 'blocked' && status !== null;
  const blamed = isBlockedUnexpectedly ? blamedAgents(run) : [];
  if (blamed.length > 0) return finding('agent', blamed[0] ?? '', [...blamed, ...lines]);
  return finding('outcome', `${lines[0]}${lines.length > 1 ? ` (and ${lines.length - 1} more)` : ''}`, lines);
}

function blamedAgents({ view, ledger }: RunFacts): readonly string[] {
  return view.blocked.flatMap(({ taskId, taskName }) => {
    const attempts = [...ledger.attempts.values()].filter((attempt) => attempt.taskId === taskId);
    const last = attempts.at(-1);
    if (last === undefined || last.status !== 'failed') return [];
    return [`the ${last.role} of ${taskName} failed (${last.failure}): ${last.reason?.split('\n')[0] ?? ''}`];
  });
}
