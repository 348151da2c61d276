import type { AttemptView, RunView, TaskView } from '@tina/contract';
import { count, elapsed } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import type { NodeState } from './glyphs.ts';
import { parkedText } from './parked-text.ts';
import { readResult } from './task-result.ts';

/** What a run's tasks are described with. */
export interface RunIndex {
  readonly view: RunView;
  readonly now: number;
  readonly titles: ReadonlyMap<string, string>;
  readonly attempts: ReadonlyMap<string, AttemptView>;
}

export function indexRun(view: RunView, now: number): RunIndex {
  return {
    view,
    now,
    titles: new Map(view.tasks.map((task) => [task.id, plain(task.title) || task.name])),
    attempts: new Map(view.attempts.map((attempt) => [attempt.taskId, attempt])),
  };
}

export function taskState(task: TaskView, { attempts }: RunIndex): NodeState {
  switch (task.status) {
    case 'completed':
      return 'done';
    case 'blocked':
      return 'blocked';
    case 'skipped':
    case 'cancelled':
      return 'dropped';
    case 'pending':
      return 'pending';
    case 'ready':
      return 'waiting';
    case 'in_progress': {
      if (task.waitsFor === 'gate') return 'asking';
      const attempt = attempts.get(task.id);
      if (attempt?.status === 'parked') return attempt.parkedBy === 'budget' ? 'asking' : 'parked';
      return task.waitsFor === 'timer' || waitsForPlace(task, attempt) ? 'waiting' : 'working';
    }
  }
}

/** What a task is doing, what it waits for, or what came of it. */
export function taskDetail(task: TaskView, index: RunIndex): string {
  switch (task.status) {
    case 'completed':
      return resultText(task, index);
    case 'blocked':
      return plain(task.block?.message ?? 'blocked');
    case 'skipped':
      return 'skipped';
    case 'cancelled':
      return 'cancelled';
    case 'ready':
      return waitingText(index);
    case 'pending':
      return pendingText(task, index);
    case 'in_progress':
      return progressText(task, index);
  }
}

function waitsForPlace(task: TaskView, attempt: AttemptView | undefined): boolean {
  if (task.waitsFor === 'attempt') return attempt?.status === 'requested';
  return task.waitsFor === null && task.step !== 'tasks';
}

/** Why something that could begin does not. */
function waitingText({ view }: RunIndex): string {
  return view.status === 'paused' ? 'waits: the run is paused' : 'waits for a free place';
}

/** Names what it comes after, when that is another task of its phase: the order of steps needs no words. */
function pendingText(task: TaskView, { titles, view }: RunIndex): string {
  if (task.kind !== 'phase-task') return '';
  const open = new Set(
    view.tasks.filter((one) => one.kind === 'phase-task' && one.status !== 'completed').map((one) => one.id),
  );
  const names = task.dependsOn.filter((id) => open.has(id)).map((id) => titles.get(id) ?? id);
  return names.length === 0 ? '' : `after ${names.join(', ')}`;
}

function progressText(task: TaskView, index: RunIndex): string {
  const attempt = index.attempts.get(task.id);
  if (task.waitsFor === 'gate') return `waits for you: gate ${task.gateId ?? ''}`;
  if (task.waitsFor === 'timer')
    return `retry in ${elapsed(Math.max(0, (task.retryAt ?? index.now) - index.now))}`;
  if (task.step === 'tasks') return progressOfTasks(task, index);
  if (waitsForPlace(task, attempt)) return waitingText(index);
  if (task.waitsFor === 'attempt' && attempt !== undefined) return attemptText(attempt, index);
  return STEP_TEXTS[task.step ?? ''] ?? task.step ?? '';
}

/** What Tina itself does in a step. */
const STEP_TEXTS: Readonly<Record<string, string>> = {
  baseline: 'runs the checks on the base commit',
  branch: 'prepares the branch and a worktree',
  checks: 'runs the checks',
  merge: 'merges',
  integrate: 'brings in the base branch',
  land: 'merges into the base branch',
  'pull-request': 'opens the pull request',
  discard: 'removes the branch',
};

function attemptText(attempt: AttemptView, { now }: RunIndex): string {
  const { role, agent, model, number, turn, status, startedAt, id } = attempt;
  // First what one types, for  tina logs  and  tina attach: the end is cut off where place is short.
  const parts = [
    id,
    role,
    [agent, model].filter(Boolean).join(' '),
    // Numbers count within the task: a review after the work is no second try.
    ...(number > 1 && !role.endsWith('reviewer') ? [`attempt ${number}`] : []),
    ...(turn > 1 ? [`turn ${turn}`] : []),
    status === 'parked' ? parkedText(attempt, now) : '',
    status === 'starting' ? 'starting' : '',
    status === 'running' && startedAt !== null ? elapsed(now - startedAt) : '',
    status === 'running' ? (attempt.progress ?? '') : '',
  ];
  return plain(parts.filter((part) => part !== '').join(' · '));
}

function progressOfTasks(task: TaskView, { view }: RunIndex): string {
  const own = view.tasks.filter((one) => one.kind === 'phase-task' && one.phase === task.phase);
  const done = own.filter((one) => one.status === 'completed' || one.status === 'skipped').length;
  return `${done} of ${count(own.length, 'task')}`;
}

function resultText(task: TaskView, { view }: RunIndex): string {
  const result = readResult(task.result);
  if (result?.kind === 'validated' && result.status === 'warning') return plain(`warning: ${result.text}`);
  if (result?.kind === 'planned') return count(result.tasks, 'task');
  if (result?.kind === 'reviewed' && result.verdict === 'gaps') {
    const found = view.findings.filter((finding) => finding.phase === task.phase && finding.taskId === null);
    return `gaps: ${count(found.length, 'finding')}`;
  }
  return '';
}
