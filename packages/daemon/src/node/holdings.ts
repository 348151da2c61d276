import type { Assignment, NodeApi } from '@tina/contract';
import type { HostedAttempt } from './host/hosted-attempt.ts';

type Renewal = Parameters<NodeApi['renew']>[0];

/** What a node holds at a moment. */
export interface Holdings {
  readonly jobs: readonly Assignment[];
  readonly attempts: readonly HostedAttempt[];
}

/**
 * The leases to extend: those of all jobs in hand, of the attempts that are being started, and of those whose host is
 * heard of. One whose host is silent must come to its end.
 */
export function leasesOf({ jobs, attempts }: Holdings): Pick<Renewal, 'jobs' | 'attempts'> {
  const starting = attemptsOf(jobs, 'start-agent');
  const alive = attempts.filter(
    ({ attemptId, stage, isHeard }) =>
      (stage === 'running' && isHeard) || (stage === 'awaited' && starting.has(attemptId)),
  );
  return {
    jobs: jobs.map(({ job, epoch }) => ({ jobId: job.jobId, epoch })),
    attempts: alive.map(({ attemptId, epoch }) => ({ attemptId, epoch })),
  };
}

/**
 * How many agents are starting, at work, being woken, or being ended. Those that wait for a limit to end, or for a place
 * after it, do not count (G15).
 */
export function agentsAtWork({ jobs, attempts }: Holdings): number {
  const running = attempts.filter(({ stage, isParked }) => stage === 'running' && !isParked);
  return new Set([
    ...running.map(({ attemptId }) => attemptId),
    ...attemptsOf(jobs, 'start-agent'),
    ...attemptsOf(jobs, 'continue-agent'),
    ...attemptsOf(jobs, 'settle-attempt'),
  ]).size;
}

/** Attempts whose agents are not at work, nor about to be: another turn of theirs takes a place. */
export function parkedAttempts({ jobs, attempts }: Holdings): readonly string[] {
  const woken = attemptsOf(jobs, 'continue-agent');
  const parked = attempts.filter(({ stage, isParked }) => stage === 'running' && isParked);
  return parked.map(({ attemptId }) => attemptId).filter((attemptId) => !woken.has(attemptId));
}

function attemptsOf(
  jobs: readonly Assignment[],
  kind: 'start-agent' | 'continue-agent' | 'settle-attempt',
): ReadonlySet<string> {
  return new Set(jobs.flatMap(({ job }) => (job.kind === kind ? [job.attemptId] : [])));
}
