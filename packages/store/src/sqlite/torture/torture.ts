import { setTimeout as delay } from 'node:timers/promises';
import { TOY_MODEL } from '../../contract-suite/toy-model.ts';
import { openSqliteStore } from '../../open-sqlite-store.ts';
import { checkStore } from './check-store.ts';
import { type Heard, TortureWriters } from './torture-writers.ts';

export interface TortureOptions {
  /** Where the store is made; nothing may be there. */
  readonly path: string;
  /** Processes that write at the same time. */
  readonly writers: number;
  readonly durationMs: number;
}

/** In milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface TortureReport {
  /** Commits that were acknowledged. */
  readonly acknowledged: number;
  /** Commits that are there: the acknowledged ones, and those whose writer was killed before it could say so. */
  readonly commits: number;
  readonly unheard: number;
  readonly events: number;
  readonly runs: number;
  /** Processes killed with SIGKILL. */
  readonly kills: number;
  /** Processes stopped with SIGSTOP for up to a second. */
  readonly stops: number;
  /** Writers that gave up because the store was locked for longer than a writer waits. */
  readonly busy: number;
  readonly commitMs: Spread;
  /** How often all of them were killed at once, so that the next one had to recover the log. */
  readonly recoveries: number;
  /** From such a moment to the next acknowledged commit; a process starts in between. */
  readonly recoveryMs: Spread;
  /** Empty when nothing was lost, doubled or damaged. */
  readonly problems: readonly string[];
}

/** The pause between two blows. A process takes a third of a second to come up, so most fall on one that writes. */
const PAUSE_MS = { least: 50, most: 700 };
const STOP_MS = { least: 20, most: 1_000 };

/** Shares of the blows; the rest kills one. */
const SHARE_OF_STOPS = 0.25;
const SHARE_OF_KILLING_ALL = 0.2;

/** Has several processes write to one store, kills and stops them at random, and then looks at what became of it. */
export async function torture({ path, writers, durationMs }: TortureOptions): Promise<TortureReport> {
  const processes = new TortureWriters(path, writers);
  const until = performance.now() + durationMs;
  try {
    while (performance.now() < until) {
      await delay(between(PAUSE_MS));
      await strike(processes);
    }
  } finally {
    await processes.end();
  }
  return report(path, processes.heard);
}

async function strike(processes: TortureWriters): Promise<void> {
  const place = Math.floor(Math.random() * processes.count);
  const chance = Math.random();
  if (chance < SHARE_OF_STOPS) {
    const goOn = processes.stop(place);
    await delay(between(STOP_MS));
    goOn();
  } else if (chance < SHARE_OF_STOPS + SHARE_OF_KILLING_ALL) {
    await processes.kill(Array.from({ length: processes.count }, (_, each) => each));
  } else await processes.kill([place]);
}

function between({ least, most }: { readonly least: number; readonly most: number }): number {
  return least + Math.random() * (most - least);
}

const BUSY = 'store_busy';

async function report(path: string, heard: Heard): Promise<TortureReport> {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  try {
    const { acknowledged, twice, complaints, killed, stopped, commitMs, recoveryMs } = heard;
    const { problems, ...found } = await checkStore(store, { acknowledged, mayBeUnheard: killed });
    return {
      acknowledged: acknowledged.size,
      ...found,
      kills: killed,
      stops: stopped,
      busy: complaints.filter((complaint) => complaint === BUSY).length,
      commitMs: spread(commitMs),
      recoveries: recoveryMs.length,
      recoveryMs: spread(recoveryMs),
      problems: [
        ...problems,
        ...twice.map((id) => `commit ${id} was acknowledged twice`),
        ...complaints.filter((complaint) => complaint !== BUSY).map((complaint) => `a writer: ${complaint}`),
      ],
    };
  } finally {
    await store.close();
  }
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
