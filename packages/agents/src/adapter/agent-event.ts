import type { TurnOutcome, Usage } from '@tina/domain';

/**
 * What an agent does, in one vocabulary for all of them. Of each turn there is exactly one `turn-ended`, as
 * its last event, whatever becomes of the program.
 */
export type AgentEvent =
  /** Every process that the session starts, before anything else of it. Its pid is also its process group. */
  | { readonly kind: 'process-started'; readonly pid: number; readonly startTime: string }
  /** The name under which the agent CLI can resume the session. */
  | { readonly kind: 'session-id'; readonly sessionId: string }
  /** What the agent says. A piece may end anywhere, also inside a line. */
  | { readonly kind: 'text'; readonly text: string }
  /** Until it ends, the agent counts as busy however silent it is (G12). */
  | {
      readonly kind: 'tool-started';
      readonly callId: string;
      readonly name: string;
      readonly summary: string;
    }
  | {
      readonly kind: 'tool-ended';
      readonly callId: string;
      readonly isError: boolean;
      readonly summary: string;
    }
  | { readonly kind: 'progress'; readonly message: string }
  /** What the turn has used so far: of this turn alone, also where the agent CLI counts for the whole session. */
  | { readonly kind: 'usage'; readonly usage: Usage }
  /**
   * The agent has met a limit or an error and tries again. No progress: some retry for ever (G12). What ends the turn is
   * in its outcome.
   */
  | { readonly kind: 'limit'; readonly message: string; readonly resetAt: number | null }
  /** The program has taken a message of `AgentSession.say`. */
  | { readonly kind: 'message-delivered'; readonly messageId: string }
  /** A record of the program's protocol that the adapter does not know; the rest goes on (G31). */
  | { readonly kind: 'unknown-record'; readonly type: string }
  /** What the program wrote outside of its protocol. */
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'turn-ended'; readonly outcome: TurnOutcome };

export type OutputStream = 'stdout' | 'stderr';
