import type { RunState, Task, TaskKind } from './state.ts';

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
  if (state.control === 'ended') return state.ending?.kind === 'cancelled' ? 'cancelled' : 'complete';
  if (state.control === 'paused') return 'paused';
  if (state.blocked) return 'blocked';
  const current = runTasks(state).find((task) => task.status !== 'completed' && task.status !== 'skipped');
  return current ? STATUS_OF_KIND[current.kind] : 'finalizing';
}

/** The run tasks in the order they go; phase tasks are left out. */
export function runTasks(state: RunState): readonly Task[] {
  const order = new Map(state.phases.map((phase, index) => [phase.number, index]));
  const rank = (task: Task): number => {
    if (task.kind === 'validate-design') return -2;
    if (task.kind === 'setup-worktree') return -1;
    if (task.kind === 'finalize') return Number.MAX_SAFE_INTEGER;
    const stage = ['plan-phase', 'execute-phase', 'review-phase'].indexOf(task.kind);
    return (order.get(task.phase ?? '') ?? 0) * 3 + stage;
  };
  return Object.values(state.tasks)
    .filter((task) => task.kind !== 'phase-task')
    .sort((a, b) => rank(a) - rank(b));
}
