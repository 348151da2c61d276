import { known } from '../lookup.ts';
import { childrenOf, isDone } from '../queries.ts';
import { advance, complete, type StepRules } from './context.ts';
import { phaseChecks } from './phase-checks.ts';

/** execute-phase-N: its phase tasks, then the checks on the result. */
export const EXECUTE_STEPS: StepRules = {
  tasks: (context) => {
    const { state, task } = context;
    return childrenOf(state, task.id).every(isDone) ? advance(context, 'checks') : [];
  },
  checks: (context) =>
    phaseChecks(context, (to) => {
      const from = known(context.task.startCommit, `start of task ${context.task.id}`);
      return complete(context, { kind: 'executed', from, to });
    }),
};
