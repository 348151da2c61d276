import { freeSlot } from '../slots.ts';
import { block, complete, type StepRules } from './context.ts';

/** setup-worktree: the run's branch, and the first slot with its set-up. */
export const SETUP_STEPS: StepRules = {
  branch: (context) => {
    const { state, task, ids, mayStart } = context;
    if (task.problem) return block(context, task.problem);
    if (state.tip !== null) return complete(context, { kind: 'prepared', branch: state.branch });
    const slot = mayStart ? freeSlot(state) : null;
    if (slot === null) return [];
    return [{ type: 'branch.requested', data: { taskId: task.id, jobId: ids.next('j'), slot } }];
  },
};
