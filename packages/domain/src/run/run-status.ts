import { known } from './lookup.ts';
import type { RunState } from './state.ts';
import type { Task, TaskKind } from './task.ts';

export type RunStatus =
  | 'validating'
  | 'preparing'
  | 'planning'
  | 'executing'
  | 'reviewing'
  | 'finalizing'
  | 'blocked'
  | 'paused'
  | 'complete'
  | 'cancelled';

const STATUS_OF_KIND: Readonly<Record<TaskKind, RunStatus>> = {
  'validate-design': 'validating',
  'setup-worktree': 'preparing',
  'plan-phase': 'planning',
  'execute-phase': 'executing',
  'phase-task': 'executing',
  'review-phase': 'reviewing',
  finalize: 'finalizing',
};

/** The one word for how a run stands. A cancelled run that is still stopping its attempts is cancelled already. */
export function runStatus(state: RunState): RunStatus {
  if (state.control === 'cancelling') return 'cancelled';
  if (state.control === 'ended') {
    return known(state.ending, `ending of run ${state.id}`).kind === 'cancelled' ? 'cancelled' : 'complete';
  }
  if (state.control === 'paused') return 'paused';
  if (state.blocked) return 'blocked';
  const current = runTasks(state).find((task) => task.status !== 'completed' && task.status !== 'skipped');
  return STATUS_OF_KIND[current?.kind ?? 'finalize'];
}

/** The run tasks in the order they go; phase tasks are left out. */
export function runTasks(state: RunState): readonly Task[] {
  const phases = state.phases.map((phase) => phase.number);
  const place = ({ kind, phase }: Task): number => {
    if (phase !== null) return phases.indexOf(phase);
    return kind === 'finalize' ? phases.length : -1;
  };
  return Object.values(state.tasks)
    .filter((task) => task.kind !== 'phase-task')
    .toSorted((a, b) => place(a) - place(b) || STAGES.indexOf(a.kind) - STAGES.indexOf(b.kind));
}

/** Tasks of one place in the run, in the order they go. */
const STAGES: readonly TaskKind[] = [
  'validate-design',
  'setup-worktree',
  'plan-phase',
  'execute-phase',
  'review-phase',
  'finalize',
];
