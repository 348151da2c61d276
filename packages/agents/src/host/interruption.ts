import type { TurnOutcome } from '@tina/domain';
import type { AgentSession } from '../adapter/agent-adapter.ts';

/** An agent that can be interrupted answers within a tenth of a second; one that hangs never does. */
const INTERRUPT_MS = 3_000;

/** Asks an agent to end its turn, and waits a little for it. */
export class Interruption {
  #answer: ((outcome: TurnOutcome | null) => void) | null = null;

  /** The outcome that the agent ended the turn with; null when it cannot be interrupted or does not answer. */
  async of(session: AgentSession): Promise<TurnOutcome | null> {
    const { promise, resolve } = Promise.withResolvers<TurnOutcome | null>();
    this.#answer = resolve;
    const timer = setTimeout(() => resolve(null), INTERRUPT_MS);
    if (!session.interrupt()) resolve(null);
    const outcome = await promise;
    clearTimeout(timer);
    this.#answer = null;
    return outcome;
  }

  /** Takes the end of a turn that was asked for; false when none was. */
  take(outcome: TurnOutcome): boolean {
    this.#answer?.(outcome);
    return this.#answer !== null;
  }
}
