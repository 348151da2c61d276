import type { HostOrder, InboxMessage } from '@tina/contract';

/** What one connection of a host was told of its agent's messages. */
export class ToldMessages {
  readonly #told = new Set<string>();

  /** The connection is a new one. */
  clear(): void {
    this.#told.clear();
  }

  /** The orders after which the host knows this inbox: what came, and what its agent has got by another way. */
  ordersFor(inbox: readonly InboxMessage[]): readonly HostOrder[] {
    const waiting = new Set(inbox.map(({ id }) => id));
    const gone = [...this.#told].filter((id) => !waiting.has(id));
    const come = inbox.filter(({ id }) => !this.#told.has(id));
    for (const id of gone) this.#told.delete(id);
    for (const { id } of come) this.#told.add(id);
    return [
      ...gone.map((messageId): HostOrder => ({ kind: 'message-read', messageId })),
      ...come.map(({ id, text }): HostOrder => ({ kind: 'message', messageId: id, text })),
    ];
  }
}
