import type { ContinueAgentJob, JobOutcome } from '@tina/domain';
import { HostGoneError } from '../host/host-errors.ts';
import type { JobWork } from './job-work.ts';

/** Gives the host one more turn. Done again, it finds the turn begun. */
export async function performContinueAgent(job: ContinueAgentJob, work: JobWork): Promise<JobOutcome> {
  const attempt = work.tools.hosts.get(job.attemptId);
  if (attempt?.epoch !== job.epoch) {
    throw new HostGoneError(`Attempt ${job.attemptId} has no agent host on this machine any more.`);
  }
  work.tools.seenHeads.delete(job.attemptId);
  // What waits for the agent goes to the head of this turn.
  await work.tools.hosts.hand(attempt);
  await attempt.beginTurn({ kind: 'begin-turn', turn: job.turn, message: job.message }, work.signal);
  return { kind: 'continue-agent' };
}
