import type { Assignment } from '@tina/contract';
import { assertNever } from '@tina/domain';

/** What a job has for itself while it runs: its attempt, its slots, the refs of its repository. */
export function laneKeys({ job, repository }: Assignment): readonly string[] {
  const slot = (number: number): string => `slot ${job.runId} ${number}`;
  const refs = `refs ${repository}`;
  switch (job.kind) {
    case 'run-checks':
      return [slot(job.slot)];
    case 'create-branch':
      return [slot(job.slot), refs];
    case 'start-agent':
    case 'collect-evidence':
    case 'settle-attempt':
      return [attemptKey(job.attemptId), slot(job.slot)];
    case 'continue-agent':
      return [attemptKey(job.attemptId)];
    case 'remove-slots':
      return job.slots.map(slot);
    case 'merge':
    case 'integrate-base':
    case 'land':
    case 'open-pull-request':
    case 'discard-branch':
      return [refs];
    default:
      return assertNever(job);
  }
}

function attemptKey(attemptId: string): string {
  return `attempt ${attemptId}`;
}
