import type { AgentDefinition } from '@tina/contract';
import type { AgentAdapter } from '../adapter/agent-adapter.ts';

/** What an agent is asked to do, so that its adapter can be seen at work. Files are in the worktree. */
export type Behaviour =
  /** Writes `made` to made.txt, says "at work", and ends with "all done" in its report or final message. */
  | 'reports'
  /** In every turn: writes the message that it got to message.txt, byte for byte, then as `reports`. */
  | 'repeats-message'
  /** Writes what `env` prints to environment.txt, then as `reports`. */
  | 'tells-environment'
  /** Writes "boom" to stderr and ends with exit code 3. In a second turn: as `reports`. */
  | 'crashes'
  /** Ends with exit code 0 and says nothing. */
  | 'leaves-early'
  /** Is silent for ever. */
  | 'hangs'
  /** The same, and ignores SIGTERM. */
  | 'hangs-deaf'
  /** Prints bytes that are no text and no protocol, then as `reports`. */
  | 'prints-garbage'
  /** Prints 20 MB, then as `reports`. */
  | 'floods'
  /** Starts `sleep 300` in the background, then as `reports`. */
  | 'leaves-child'
  /** Meets a usage limit that ends in a minute. */
  | 'meets-limit'
  /** Reports something that no report is. */
  | 'reports-nonsense';

/** An adapter with an agent that can be told what to do. */
export interface AgentUnderTest {
  readonly adapter: AgentAdapter;
  /** The longest message that it can take; null: any. */
  readonly maxMessageBytes: number | null;
  /** Names of variables that the adapter gives its program beside those of the launch; default: none. */
  readonly addedVariables?: readonly string[];
  /** The agent that behaves so; null when an agent of this kind cannot. `folder` is for its files. */
  play(behaviour: Behaviour, folder: string): AgentDefinition | null;
  /** One whose program does not exist; null when it is Tina's own. */
  missing(): AgentDefinition | null;
}
