import type { AgentDefinition } from '@tina/contract';
import type { FoundTestAgent } from '@tina/model-server';
import type { AgentAdapter } from '../../adapter/agent-adapter.ts';

/** Where the stand-in model answers, and how the agent's program is started there. */
export interface Place {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The program, with what leads into the network that holds nothing but the model. */
  readonly command: readonly string[];
}

/** What a test asks of the way in which the agent reaches its model. */
export interface Wish {
  /** As a subscription, whose limits tell when they end; else with a key. */
  readonly hasSubscription: boolean;
}

/** How an agent CLI is played against the stand-in model: everything that differs between the CLIs is said here. */
export interface CliUnderTest {
  readonly adapter: AgentAdapter;
  readonly program: FoundTestAgent;
  readonly model: string;
  /** The definition, and variables that its processes get beside those of every test. */
  play(
    place: Place,
    wish: Wish,
  ): { readonly definition: AgentDefinition; readonly env: Readonly<Record<string, string>> };
  /** What a person has to type to log in. */
  readonly login: string;
  /** Whether a limit says when it ends. */
  readonly tellsReset: boolean;
  /** Whether what goes into a cache is counted. */
  readonly countsCacheWrites: boolean;
  /** Whether the program says what a turn has cost. */
  readonly tellsCost: boolean;
  /** What else the program cannot do: docs/agents.md says what Tina does then. */
  readonly lacks?: ReadonlySet<CliLack>;
}

export type CliLack =
  /** Input is counted with what a cache had. */
  | 'cached-tokens'
  /** It does not say how full its context is. */
  | 'context'
  /** A command that fails ends like any other. */
  | 'tool-failures'
  /** It does not say that a server of tools could not be started. */
  | 'broken-tools'
  /** A stream that broke off ends the turn: Tina begins the next one. */
  | 'broken-streams';
