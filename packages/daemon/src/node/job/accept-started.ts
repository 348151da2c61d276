import type { Answer, Assignment } from '@tina/contract';
import type { JobOutcome } from '@tina/domain';
import type { HostRegistry } from '../host/host-registry.ts';

/**
 * Lets the host of a started attempt begin its first turn once the control plane has recorded the start, and never
 * before: the end of a turn that nobody knows to have begun would be stale. A start that came to nothing ends its host.
 */
export function acceptStarted(
  hosts: HostRegistry,
  { job }: Assignment,
  outcome: JobOutcome | null,
  answer: Answer | null,
): void {
  // Without an answer the job is given up: it may be back in the queue, for its next try to find the host.
  if (job.kind !== 'start-agent' || outcome === null || answer === null) return;
  if (outcome.kind === 'start-agent' && answer.ok) return hosts.get(job.attemptId)?.accept();
  const reason = answer.ok ? 'the attempt could not be started' : answer.message;
  hosts.release(job.attemptId)?.channel?.send({ kind: 'end', reason });
}
