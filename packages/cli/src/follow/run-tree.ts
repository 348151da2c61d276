import type { RunView, TaskView } from '@tina/contract';
import { count } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import type { NodeState } from './glyphs.ts';
import { indexRun, taskDetail, taskState, type RunIndex } from './task-state.ts';

/** One line of the tree and what stands below it. */
export interface TreeNode {
  readonly kind: 'task' | 'phase';
  readonly state: NodeState;
  readonly text: string;
  /** How long it took, or takes; null before it starts. */
  readonly elapsedMs: number | null;
  readonly detail: string;
  /** The attempt that `detail` begins with, which one types: it is shown whole. Empty where there is none. */
  readonly attemptId: string;
  readonly children: readonly TreeNode[];
}

type Phase = RunView['phases'][number];

/** The run as a tree: tasks of the run, phases with their tasks, remediation phases below the phase they remediate. */
export function runTree(view: RunView, now: number): TreeNode[] {
  const index = indexRun(view, now);
  const before = view.tasks.filter(
    (task) => task.kind === 'validate-design' || task.kind === 'setup-worktree',
  );
  const after = view.tasks.filter((task) => task.kind === 'finalize');
  const phases = view.phases.filter((phase) => phase.remediates === null);
  return [
    ...before.map((task) => taskNode(task, index)),
    ...phases.map((phase) => phaseNode(phase, index)),
    ...after.map((task) => taskNode(task, index)),
  ];
}

const TASK_TEXTS: Readonly<Record<string, string>> = {
  'validate-design': 'validate design',
  'setup-worktree': 'set up worktree',
  'plan-phase': 'plan',
  'execute-phase': 'execute',
  'review-phase': 'review',
  finalize: 'finalize',
};

function taskNode(task: TaskView, index: RunIndex, children: readonly TreeNode[] = []): TreeNode {
  const detail = taskDetail(task, index);
  const attemptId = index.attempts.get(task.id)?.id ?? '';
  return {
    kind: 'task',
    state: stateAbove(taskState(task, index), children),
    text: TASK_TEXTS[task.kind] ?? (plain(task.title) || task.name),
    elapsedMs: task.startedAt === null ? null : (task.endedAt ?? index.now) - task.startedAt,
    detail,
    attemptId: detail.startsWith(attemptId) ? attemptId : '',
    children,
  };
}

/** A task that is under way through others is at work only while one of them is. */
function stateAbove(own: NodeState, children: readonly TreeNode[]): NodeState {
  if (own !== 'working') return own;
  const order: readonly NodeState[] = ['working', 'asking', 'parked', 'waiting', 'blocked'];
  return order.find((state) => children.some((child) => child.state === state)) ?? own;
}

function phaseNode(phase: Phase, index: RunIndex): TreeNode {
  const own = index.view.tasks.filter((task) => task.phase === phase.number);
  const phaseTasks = own.filter((task) => task.kind === 'phase-task').map((task) => taskNode(task, index));
  const steps = own
    .filter((task) => task.kind !== 'phase-task')
    .map((task) => taskNode(task, index, task.kind === 'execute-phase' ? phaseTasks : []));
  const remediations = index.view.phases
    .filter((one) => one.remediates === phase.number)
    .map((one) => phaseNode(one, index));
  const under = phaseState([...steps, ...phaseTasks, ...remediations]);
  const state = under === 'done' && wasCancelled(phase, index) ? 'dropped' : under;
  return {
    kind: 'phase',
    state,
    text: ['Phase', phase.number, plain(phase.title ?? '')].filter((part) => part !== '').join(' '),
    elapsedMs: phaseElapsed(own, index.now),
    detail: phase.remediates === null ? '' : closes(phase, index),
    attemptId: '',
    children: state === 'pending' ? [] : [...steps, ...remediations],
  };
}

/** The most pressing state of what is below. */
function phaseState(nodes: readonly TreeNode[]): NodeState {
  const order: readonly NodeState[] = ['blocked', 'asking', 'working', 'parked', 'waiting'];
  const pressing = order.find((state) => nodes.some((node) => node.state === state));
  if (pressing !== undefined) return pressing;
  if (nodes.some((node) => node.state === 'pending')) {
    return nodes.every((node) => node.state === 'pending') ? 'pending' : 'working';
  }
  return nodes.length > 0 && nodes.every((node) => node.state === 'dropped') ? 'dropped' : 'done';
}

/** A phase did not finish when a step of it, or of a phase that closes its gaps, was cancelled. */
function wasCancelled(phase: Phase, { view }: RunIndex): boolean {
  const numbers = view.phases
    .filter((one) => one === phase || one.remediates === phase.number)
    .map((one) => one.number);
  return view.tasks.some(
    ({ kind, phase: number, status }) =>
      kind !== 'phase-task' && status === 'cancelled' && number !== null && numbers.includes(number),
  );
}

function phaseElapsed(tasks: readonly TaskView[], now: number): number | null {
  const starts = tasks.flatMap((task) => (task.startedAt === null ? [] : [task.startedAt]));
  if (starts.length === 0) return null;
  const running = tasks.some((task) => task.startedAt !== null && task.endedAt === null);
  const ends = tasks.flatMap((task) => (task.endedAt === null ? [] : [task.endedAt]));
  return (running ? now : Math.max(...ends)) - Math.min(...starts);
}

function closes(phase: Phase, { view }: RunIndex): string {
  const found = view.findings.filter(
    (finding) => finding.phase === phase.remediates && finding.taskId === null,
  );
  const closed = found.filter((finding) => finding.status !== 'open');
  return `${closed.length} of ${count(found.length, 'finding')} closed`;
}
