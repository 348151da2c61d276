import type { NodeApi } from '@tina/contract';
import type { HostedAttempt } from './hosted-attempt.ts';

/**
 * Tells the attempt's host which messages its agent has still to get. It is asked for behind every frame that has come: what
 * the host has delivered by then is not in the list. Resolves when the host was told; one that connects later is told then.
 */
export function handMessages(attempt: HostedAttempt, api: NodeApi): Promise<void> {
  const { attemptId, epoch } = attempt;
  return attempt.inOrder(async () => {
    attempt.tellMessages(await api.inbox({ attemptId, epoch }));
  });
}
