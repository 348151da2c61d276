import type { LaunchSubject } from '@tina/contract';
import type { Role, TurnError, Usage } from '@tina/domain';

/** What the scripted agent's program is told of its work, as JSON in its second argument. */
export interface ScriptedContext extends LaunchSubject {
  readonly role: Role;
  /** For files that the agent hands over. */
  readonly outDirectory: string;
}

/** One line of its stdin. The end of stdin ends it once the turn under way is over. */
export interface ScriptedRequest {
  readonly type: 'turn';
  readonly turn: number;
  readonly message: string;
}

/** One line of its stdout. */
export type ScriptedRecord =
  | { readonly type: 'started'; readonly version: string }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool-started';
      readonly callId: string;
      readonly name: string;
      readonly summary: string;
    }
  | {
      readonly type: 'tool-ended';
      readonly callId: string;
      readonly isError: boolean;
      readonly summary: string;
    }
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'usage'; readonly usage: Partial<Usage> }
  | ({ readonly type: 'final' } & ScriptedFinal);

/** The last record of a turn. Without it the turn counts as crashed, whatever the exit code says. */
export interface ScriptedFinal {
  /** Anything, because a script can report what does not fit. */
  readonly report?: unknown;
  readonly message?: string;
  readonly error?: TurnError;
}

export const SCRIPTED_AGENT_VERSION = '0.1.0';
