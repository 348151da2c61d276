import type { AgentMessage } from '../adapter/agent-adapter.ts';

export interface HostMailboxOptions {
  /** Whether the agent still knows in a later turn what it was told in an earlier one. */
  readonly remembers: boolean;
  /** Tells it to the turn under way; false when that cannot be. */
  say(message: AgentMessage): boolean;
  delivered(messageId: string, mode: 'in-turn' | 'turn-start'): void;
}

/**
 * What is still to be handed to the agent, in its order (G24), and never twice (G25).
 *
 * States of a message: waiting → said (one at a time, until the program has taken it) → delivered; or waiting → at the head of
 * a turn → delivered when that turn's process is there. A turn that ends before brings it back to waiting. What the agent
 * has fetched itself is forgotten.
 */
export class HostMailbox {
  readonly #options: HostMailboxOptions;
  /** Every message that was ever ordered: an order that comes again changes nothing. */
  readonly #known = new Set<string>();
  readonly #given: AgentMessage[] = [];
  #waiting: AgentMessage[] = [];
  #atHead: readonly AgentMessage[] = [];
  #said: AgentMessage | null = null;

  constructor(options: HostMailboxOptions) {
    this.#options = options;
  }

  receive(message: AgentMessage): void {
    if (this.#known.has(message.id)) return;
    this.#known.add(message.id);
    this.#waiting.push(message);
    this.#sayNext();
  }

  forget(messageId: string): void {
    this.#known.add(messageId);
    this.#waiting = this.#waiting.filter(({ id }) => id !== messageId);
  }

  /** The text of a turn with everything that waits at its head. */
  beginTurn(text: string): string {
    const before = this.#options.remembers ? [] : this.#given;
    this.#atHead = this.#waiting;
    this.#waiting = [];
    return [...before, ...this.#atHead].map((message) => `${message.text}\n\n`).join('') + text;
  }

  /** The process that has the turn is there. */
  turnStarted(): void {
    const heard = this.#atHead;
    this.#atHead = [];
    for (const message of heard) this.#deliver(message, 'turn-start');
  }

  /** The program has taken what it was told. */
  taken(messageId: string): void {
    const said = this.#said;
    if (said?.id !== messageId) return;
    this.#said = null;
    this.#deliver(said, 'in-turn');
    this.#sayNext();
  }

  /** Whatever was not taken by now waits for the next turn. */
  turnEnded(): void {
    const said = this.#said === null ? [] : [this.#said];
    this.#said = null;
    this.#waiting = [...this.#atHead, ...said, ...this.#waiting];
    this.#atHead = [];
  }

  /** One at a time, so that none overtakes another. */
  #sayNext(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#said !== null || this.#atHead.length > 0) return;
    this.#said = next;
    if (this.#options.say(next)) this.#waiting = this.#waiting.filter((message) => message !== next);
    else this.#said = null;
  }

  #deliver(message: AgentMessage, mode: 'in-turn' | 'turn-start'): void {
    this.#given.push(message);
    this.#options.delivered(message.id, mode);
  }
}
