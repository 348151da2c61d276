import type { ProcedureOutput, RunView } from '@tina/contract';
import type { RunEnding } from '@tina/domain';
import { count, elapsed } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { createStyle, type Style } from '../output/style.ts';
import { table } from '../output/table.ts';
import { wrap } from '../output/wrap.ts';
import { usageLine } from '../usage/amount-text.ts';
import { readEnding } from './task-result.ts';

export interface SummaryOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
  /** Columns; null: any number. */
  readonly width: number | null;
  readonly now: number;
  /** The commits of the run's branch, oldest first; null when they are not known. */
  readonly commits: ProcedureOutput<'run.commits'> | null;
}

/** Enough to see what was made; the rest is counted. */
const SHOWN_COMMITS = 12;
/** Narrower columns of text than this cannot be read. */
const LEAST_TEXT = 12;
/** On a narrower terminal only whole phases are timed, not their steps. */
const LEAST_FOR_STEPS = 60;

/** How a run ended: what came of it, how long each step took, its commits, and what to type next. */
export function renderSummary(view: RunView, options: SummaryOptions): string[] {
  const style = createStyle(options.colour);
  const ending = readEnding(view.ending);
  const took = elapsed((view.endedAt ?? options.now) - view.createdAt);
  const paint = view.status === 'complete' ? style.green : style.red;
  return [
    `${paint(style.bold(headline(view, ending)))}  ${took}`,
    '',
    ...steps(view, options).map((line, index) => (index === 0 ? style.dim(line) : line)),
    '',
    ...usedLines(view, options),
    ...skippedLines(view),
    ...commitLines(view, options),
    ...nextLines(view, ending, style),
  ];
}

/** What came of a run that has ended, and what to type next. */
export function renderEnding(view: RunView, { colour }: Pick<SummaryOptions, 'colour'>): string[] {
  const ending = readEnding(view.ending);
  return [headline(view, ending), ...nextLines(view, ending, createStyle(colour))];
}

function nextLines(view: RunView, ending: RunEnding | null, style: Style): string[] {
  return nextSteps(view, ending).map(
    (line, index) => `${index === 0 ? style.bold('next:') : '     '} ${line}`,
  );
}

function headline(view: RunView, ending: RunEnding | null): string {
  const feature = plain(view.feature);
  switch (ending?.kind) {
    case 'merged':
      return `${feature} is merged into ${plain(ending.baseBranch)}`;
    case 'pull-request':
      return ending.url === null
        ? `${feature} waits for its pull request`
        : `${feature} is at ${plain(ending.url)}`;
    case 'kept':
      return `${feature} is done and kept on ${plain(ending.branch)}`;
    case 'discarded':
      return `${feature} is done and discarded`;
    case 'cancelled':
      return ending.reason === null
        ? `${feature} is cancelled`
        : `${feature} is cancelled: ${plain(ending.reason)}`;
    case undefined:
      return `${feature} is ${view.status}`;
  }
}

/** A row per phase with the time of its steps, between what comes before and after the phases. */
function steps(view: RunView, { now, width, unicode }: SummaryOptions): string[] {
  const isSkipped = (kind: string, phase: string | null): boolean =>
    view.tasks.some((one) => one.kind === kind && one.phase === phase && one.status === 'skipped');
  const durationOf = (kind: string, phase: string | null): number | null => {
    const task = view.tasks.find((one) => one.kind === kind && one.phase === phase);
    return task?.startedAt == null ? null : (task.endedAt ?? now) - task.startedAt;
  };
  const text = (durationMs: number | null): string => (durationMs === null ? '' : elapsed(durationMs));
  const single = (name: string, kind: string): string[] => [
    name,
    '',
    '',
    '',
    '',
    text(durationOf(kind, null)),
  ];
  const phases = view.phases.map(({ number, title }) => {
    const tasks = view.tasks.filter((task) => task.kind === 'phase-task' && task.phase === number);
    const done = tasks.filter((task) => task.status === 'completed').length;
    const kinds = ['plan-phase', 'execute-phase', 'review-phase'];
    const durations = kinds.map((kind) => durationOf(kind, number));
    const cells = kinds.map((kind, index) =>
      isSkipped(kind, number) ? 'skipped' : text(durations[index] ?? null),
    );
    const known = durations.filter((duration) => duration !== null);
    return [
      ['Phase', number, plain(title ?? '')].filter((part) => part !== '').join(' '),
      tasks.length === 0 ? '' : `${done} of ${tasks.length}`,
      ...cells,
      text(known.length === 0 ? null : known.reduce((sum, duration) => sum + duration, 0)),
    ];
  });
  const rows = [
    ['STEP', 'TASKS', 'PLAN', 'EXECUTE', 'REVIEW', 'TOOK'],
    single('validate design', 'validate-design'),
    single('set up worktree', 'setup-worktree'),
    ...phases,
    single('finalize', 'finalize'),
  ];
  const isNarrow = width !== null && width < LEAST_FOR_STEPS;
  const shown = isNarrow ? rows.map((row) => [...row.slice(0, 2), ...row.slice(-1)]) : rows;
  return table(shown, width, { shrink: 0, ellipsis: unicode ? '…' : '..' });
}

function usedLines(view: RunView, { unicode, width }: SummaryOptions): string[] {
  const used = usageLine(view.usage, unicode);
  return used === null ? [] : [...hanging('used ', used, width), ''];
}

/** What was left out, and what whoever left it out said: a summary must not look as if it had been done (G05). */
function skippedLines(view: RunView): string[] {
  const skipped = view.tasks.filter((task) => task.status === 'skipped');
  if (skipped.length === 0) return [];
  return [...skipped.map((task) => `skipped ${task.name}: ${plain(task.skipReason ?? '')}`), ''];
}

function commitLines(view: RunView, { commits, unicode, width }: SummaryOptions): string[] {
  if (commits === null) return [];
  const where = readEnding(view.ending)?.kind === 'merged' ? plain(view.baseBranch) : plain(view.branch);
  const shown = commits
    .slice(0, SHOWN_COMMITS)
    .map(({ commit, subject }) => hanging(`  ${commit.slice(0, 10)} `, plain(subject), width));
  const rest = commits.length - shown.length;
  const more = rest === 0 ? [] : [`  ${unicode ? '…' : '..'} and ${rest} more`];
  return [`${count(commits.length, 'commit')} on ${where}`, ...shown.flat(), ...more, ''];
}

/** Text behind something short, in as many lines as it takes. */
function hanging(lead: string, text: string, width: number | null): readonly string[] {
  const lines = width === null ? [text] : wrap(text, Math.max(LEAST_TEXT, width - lead.length));
  return lines.map((line, index) => (index === 0 ? lead : ' '.repeat(lead.length)) + line);
}

function nextSteps(view: RunView, ending: RunEnding | null): string[] {
  const cleanup = `tina cleanup ${view.id}`;
  const range = `${view.baseCommit.slice(0, 10)}..`;
  switch (ending?.kind) {
    case 'merged':
      return [`git log --oneline ${range}${plain(ending.baseBranch)}`, cleanup];
    case 'pull-request':
      return [...ending.next.map(plain), cleanup];
    case 'kept':
      return [
        `git diff ${plain(view.baseBranch)}...${plain(ending.branch)}`,
        `git merge ${plain(ending.branch)}`,
        cleanup,
      ];
    case 'discarded':
      return [...(ending.rescueRef === null ? [] : [`git log ${plain(ending.rescueRef)}`]), cleanup];
    case 'cancelled':
      // The branch of the cancelled run is kept, with the feature's name.
      return [`tina orchestrate ${plain(view.designPath)} --new --feature <other name>`, cleanup];
    case undefined:
      return [...new Set(view.blocked.flatMap((block) => block.next.map(plain))), `tina status ${view.id}`];
  }
}
