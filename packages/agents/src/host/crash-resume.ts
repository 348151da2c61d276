import { addUsage, type TurnOutcome, type Usage } from '@tina/domain';
import type { AgentCapabilities, AgentSession } from '../adapter/agent-adapter.ts';

/** What the agent reads in the conversation that it goes on with. */
export const GO_ON =
  'Your process ended in the middle of its work and has been started again. Look at what is done, and go on where you were.';

/** For those who look on. */
export const WENT_ON =
  'the agent’s process has ended in the middle of its turn; the same conversation goes on in a new process';

/**
 * Whether a turn goes on whose agent's process has died: once in each turn, where the agent can resume a conversation and
 * has one. What both processes have used belongs to the turn.
 */
export class CrashResume {
  readonly #capabilities: AgentCapabilities;
  #hasConversation = false;
  #isUsed = false;
  #usage: Usage | null = null;

  constructor(capabilities: AgentCapabilities) {
    this.#capabilities = capabilities;
  }

  beginTurn(): void {
    this.#isUsed = false;
    this.#usage = null;
  }

  /** The agent has told under which name its conversation is kept. */
  hasConversation(): void {
    this.#hasConversation = true;
  }

  /** True, once, when the turn is to go on instead of ending so. */
  goesOn(outcome: TurnOutcome, session: AgentSession | null): boolean {
    const hasCrashed = outcome.kind === 'failed' && outcome.error.kind === 'crash' && session?.pid === null;
    if (!hasCrashed || this.#isUsed || !this.#capabilities.resume || !this.#hasConversation) return false;
    this.#isUsed = true;
    this.#usage = outcome.usage;
    return true;
  }

  /** The outcome with what a process before had used. */
  whole(outcome: TurnOutcome): TurnOutcome {
    return { ...outcome, usage: addUsage(this.#usage, outcome.usage) };
  }
}
