import type { Fields } from '../cli/json-fields.ts';
import type { UsageScope } from './acp-usage.ts';

/** What differs between agents that speak the protocol. */
export interface AcpDialect {
  /** As it is called in messages. */
  readonly title: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** The environment of a process, made from the one that every agent gets. Called before each start: it may write files. */
  environment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** What a person has to do to log in; null: as the agent itself says. */
  readonly login: string | null;
  /** The model and the mode to choose by the protocol; null: whatever the agent begins with. */
  readonly model: string | null;
  readonly mode: string | null;
  /** What the agent's numbers count; null: what is known of an agent of its name. */
  readonly usage: UsageScope | null;
  /** The command that a call would run; null where the question does not say. */
  commandOf(call: Fields): string | null;
  /** A text that would be a command of the agent's, as one that is none. */
  asText(message: string): string;
  /** Called before a session is loaded by a new process. */
  beforeLoad(sessionId: string): void;
}
