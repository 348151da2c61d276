import type { CheckDefinition, CheckResult } from '../../check/check.ts';
import type { RunEvent } from '../event.ts';
import { freeSlot } from '../slots.ts';
import { block, type StepContext } from './context.ts';

/** A step that runs checks on a commit, once; with no checks it goes on at once. */
export function checksStep(
  context: StepContext,
  step: {
    readonly commit: string;
    readonly checks: readonly CheckDefinition[];
    readonly onRecorded: (checks: readonly CheckResult[]) => readonly RunEvent[];
  },
): readonly RunEvent[] {
  const { state, task, ids } = context;
  if (task.problem) return block(context, task.problem);
  if (step.checks.length === 0) return step.onRecorded([]);
  if (task.checksCommit === step.commit) return step.onRecorded(task.checks);
  const slot = context.mayStart ? freeSlot(state) : null;
  if (slot === null) return [];
  return [
    {
      type: 'checks.requested',
      data: { taskId: task.id, jobId: ids.next('j'), slot, commit: step.commit, checks: step.checks },
    },
  ];
}
