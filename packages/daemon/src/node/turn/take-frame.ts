import type { Answer, HostFrame, NodeApi } from '@tina/contract';
import { assertNever } from '@tina/domain';
import type { HostFrameInput } from '../host/host-channel.ts';
import type { HostedAttempt } from '../host/hosted-attempt.ts';
import { attemptFiles } from '../attempt/attempt-files.ts';
import type { NodeLog } from '../node-options.ts';
import type { NodeFiles } from '../platform/node-platform.ts';
import { resolveOutcome } from './resolve-outcome.ts';

export interface FrameContext {
  readonly api: NodeApi;
  readonly attemptsDir: string;
  readonly files: NodeFiles;
  readonly log: NodeLog;
}

/**
 * Carries what a host tells of its attempt to the control plane. What is refused there is dealt with as well: it is
 * stale, and the host must not send it again. Rejects when nobody could be told; then the host sends it again.
 */
export async function takeFrame(
  attempt: HostedAttempt,
  { sequence, frame }: HostFrameInput,
  context: FrameContext,
): Promise<void> {
  if ('turn' in frame) attempt.turnBegan(frame.turn, agentOf(frame));
  await attempt.takeFrame(sequence, async () => {
    const answer = await tell(attempt, { sequence, frame }, context);
    if (answer?.ok === false) {
      const { code, message } = answer;
      context.log('info', `A host's frame changed nothing: ${message}`, {
        attemptId: attempt.attemptId,
        code,
      });
    }
  });
}

function agentOf(frame: HostFrame): { readonly pid: number; readonly startTime: string } | null {
  return frame.kind === 'agent-started' && frame.agentStartTime !== ''
    ? { pid: frame.agentPid, startTime: frame.agentStartTime }
    : null;
}

async function tell(
  attempt: HostedAttempt,
  { sequence, frame }: Pick<HostFrameInput, 'sequence' | 'frame'>,
  { api, attemptsDir, files }: FrameContext,
): Promise<Answer | null> {
  const { attemptId, epoch } = attempt;
  switch (frame.kind) {
    case 'heartbeat':
    case 'agent-started':
      return null;
    case 'warning':
      return api.warn({ attemptId, epoch, frame: sequence, message: frame.message });
    case 'message-delivered':
      return api.deliverMessage({ attemptId, epoch, messageId: frame.messageId, mode: frame.mode });
    case 'turn-ended': {
      const outcome = await resolveOutcome(frame.outcome, attemptFiles(attemptsDir, attemptId), files);
      attempt.isParked = outcome.kind === 'failed' && outcome.error.kind === 'limit';
      const answer = await api.endTurn({ attemptId, epoch, turn: frame.turn, outcome });
      if (answer.ok) attempt.turnEnded(frame.turn);
      return answer;
    }
    default:
      return assertNever(frame);
  }
}
