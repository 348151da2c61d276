import type { EventView } from '@tina/contract';
import { alarmsOf, type WatchLimits } from './anomalies.ts';
import { createLedger, enter, type Ledger } from './ledger.ts';
import { tell } from './milestones.ts';
import { elapsed, type Notice } from './notice.ts';

/**
 * Looks on beside the runs of a scenario and says how far they came and what is not as it should be. It sees events and the clock,
 * nothing else, and says each thing once: an anomaly when it begins, a milestone when it is over.
 */
export class Watcher {
  readonly #startedAt: number;
  readonly #limits: WatchLimits;
  readonly #ledgers = new Map<string, Ledger>();
  /** Of each run, the alarms that are on, with when they began. */
  readonly #alarms = new Map<string, ReadonlyMap<string, number>>();
  #saidNoRun = false;

  /** `startedAt` in milliseconds since 1970, as events have it. */
  constructor(startedAt: number, limits: WatchLimits) {
    this.#startedAt = startedAt;
    this.#limits = limits;
  }

  /** What it knows of each run, the oldest first. */
  get ledgers(): readonly Ledger[] {
    return [...this.#ledgers.values()];
  }

  /** Takes in one event. */
  see(event: EventView): readonly Notice[] {
    const ledger = this.#ledgerOf(event.runId);
    const found: Notice[] = [];
    const notice = (said: Pick<Notice, 'kind' | 'code' | 'text'>): void => {
      const text = this.#named(ledger, said.text);
      found.push({ ...said, text, afterMs: event.at - this.#startedAt, runId: event.runId });
    };
    const broken = outOfOrder(ledger, event);
    if (broken !== null) notice({ kind: 'anomaly', ...broken });
    if (event.number <= ledger.lastNumber) return found;
    const quietMs = event.at - ledger.lastAt;
    if (this.#isOn(event.runId, 'no_progress'))
      notice({ kind: 'milestone', code: 'progress', text: `progress again after ${elapsed(quietMs)}` });
    enter(ledger, event);
    const said = tell(ledger, event);
    if (said !== null) notice(said);
    const wrong = event.type === 'run.completed' ? unfinished(ledger) : [];
    for (const text of wrong) notice({ kind: 'anomaly', code: 'complete_too_early', text });
    for (const { code, text } of this.#update(ledger, event.at)) notice({ kind: 'anomaly', code, text });
    return found;
  }

  /** Looks at the clock. */
  tick(now: number): readonly Notice[] {
    const afterMs = now - this.#startedAt;
    if (this.#ledgers.size === 0) return this.#noRun(afterMs);
    return this.ledgers.flatMap((ledger) => {
      const begun = this.#update(ledger, now);
      return begun.map(({ code, text }) => ({
        kind: 'anomaly',
        code,
        text: this.#named(ledger, text),
        afterMs,
        runId: ledger.runId,
      }));
    });
  }

  /** Of a run that is not the first one it says which. */
  #named({ runId }: Ledger, text: string): string {
    return this.ledgers[0]?.runId === runId ? text : `${text} [${runId}]`;
  }

  #noRun(afterMs: number): readonly Notice[] {
    if (this.#saidNoRun || afterMs < this.#limits.runMs) return [];
    this.#saidNoRun = true;
    return [
      { kind: 'anomaly', code: 'no_run', text: `no run after ${elapsed(afterMs)}`, afterMs, runId: null },
    ];
  }

  /** Brings the alarms of a run up to date; those that have begun. */
  #update(ledger: Ledger, now: number): readonly { readonly code: Notice['code']; readonly text: string }[] {
    const before = this.#alarms.get(ledger.runId) ?? new Map<string, number>();
    const alarms = alarmsOf(ledger, now, this.#limits).map((alarm) => ({
      ...alarm,
      id: `${alarm.code} ${alarm.key}`,
    }));
    this.#alarms.set(ledger.runId, new Map(alarms.map(({ id }) => [id, before.get(id) ?? now])));
    return alarms.filter(({ id }) => !before.has(id));
  }

  #isOn(runId: string, code: string): boolean {
    return [...(this.#alarms.get(runId)?.keys() ?? [])].some((id) => id.startsWith(`${code} `));
  }

  #ledgerOf(runId: string): Ledger {
    const ledger = this.#ledgers.get(runId) ?? createLedger(runId);
    this.#ledgers.set(runId, ledger);
    return ledger;
  }
}

function outOfOrder({ lastNumber }: Ledger, { number }: EventView): Pick<Notice, 'code' | 'text'> | null {
  if (number === lastNumber + 1) return null;
  if (number <= lastNumber)
    return { code: 'event_twice', text: `event ${number} came again after event ${lastNumber}` };
  return {
    code: 'event_missing',
    text: `event ${number} came after event ${lastNumber}: what is between is missing`,
  };
}

/** What a run that says it is complete has not done. */
function unfinished(ledger: Ledger): readonly string[] {
  return [...ledger.tasks.values()]
    .filter(({ status }) => status !== 'completed' && status !== 'skipped')
    .map(({ name, status }) => `the run is complete, but ${name} is ${status}`);
}
