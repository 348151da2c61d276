import { HistoryCheck } from '@tina/domain';
import type { RunWrite } from '@tina/store';

/** A guarantee that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function hold(guarantee: string, holds: boolean, what: () => string): void {
  if (!holds) throw new Violation(`${guarantee} ${what()}`);
}

/** What must hold after every commit, whatever happened before: the same that `tina verify` looks at. The first breach is kept. */
export class CommitInvariants {
  violation: Violation | null = null;
  commits = 0;
  events = 0;
  readonly #histories = new Map<string, HistoryCheck>();

  committed({ runId, events }: RunWrite): void {
    this.commits += 1;
    this.events += events.length;
    const history = this.#histories.get(runId) ?? new HistoryCheck();
    this.#histories.set(runId, history);
    for (const event of events) history.take(event);
    // Asked for after every commit, it looks at the state that each one leaves.
    const [found] = history.violations();
    if (found) this.violation ??= new Violation(`${found.guarantee} ${found.subject}: ${found.message}`);
  }
}
