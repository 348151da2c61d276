import type { TurnOutcome } from '@tina/domain';

/** What a host says when it reports in, before it starts its agent (G08). */
export interface HostHello {
  readonly attemptId: string;
  readonly epoch: number;
  readonly token: string;
  readonly hostPid: number;
  readonly agentVersion: string;
  readonly workingDirectory: string;
  readonly branch: string;
  readonly session: string | null;
  /** The turn under way; 0 when nothing has begun. A host that comes back after the daemon's restart says more. */
  readonly turn: number;
}

/** What a host tells of its attempt. Frames are numbered, kept until they are acknowledged, and may arrive twice. */
export type HostFrame =
  /** Nothing but "I am here": renews the lease. Never kept. */
  | { readonly kind: 'heartbeat'; readonly lastProgressAt: number }
  | {
      readonly kind: 'agent-started';
      readonly turn: number;
      readonly agentPid: number;
      readonly agentStartTime: string;
    }
  | { readonly kind: 'warning'; readonly message: string }
  /** The agent has got a message, in the middle of the turn or at its head. */
  | {
      readonly kind: 'message-delivered';
      readonly messageId: string;
      readonly turn: number;
      readonly mode: 'in-turn' | 'turn-start';
    }
  | { readonly kind: 'turn-ended'; readonly turn: number; readonly outcome: TurnOutcome };

/** What the daemon tells a host. */
export type HostOrder =
  /**
   * With what the host may start a daemon when this one has died (G13). There are secrets in it: it is sent before the agent
   * begins, so that nobody but the host can be the one who hears it, and kept in the host's memory alone (G30).
   */
  | { readonly kind: 'daemon-environment'; readonly environment: Readonly<Record<string, string>> }
  /** The host is wanted: begin the first turn, or go on. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'begin-turn'; readonly turn: number; readonly message: string }
  /** Something for the agent to hear: now where that can be, else at the head of its next turn. Told again, it is the same. */
  | { readonly kind: 'message'; readonly messageId: string; readonly text: string }
  /** The agent has fetched the message itself: it is not to be handed over any more. */
  | { readonly kind: 'message-read'; readonly messageId: string }
  /** End the agent and itself. */
  | { readonly kind: 'end'; readonly reason: string };
