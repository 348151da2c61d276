import { crashPlay, type CrashPlayOptions, type CrashPlayResult } from './crash-play.ts';
import type { Point } from './point.ts';

export interface MatrixOptions {
  readonly points: readonly Point[];
  /** Plays at a time. */
  readonly parallel: number;
  /** Points in one play, as far apart as they can be. */
  readonly chain: number;
  /** Whether the last restart of the daemon is left to the hosts; null: in some plays. */
  readonly leavesLast: boolean | null;
  readonly onPlayed: (result: CrashPlayResult, options: CrashPlayOptions) => void;
}

/** Parallel tasks come in another order each time: a point that a run passed by comes up in one of the next. */
const ROUNDS = 4;
/** One play in so many leaves the last restart of the daemon to the agent hosts. */
const LEFT_TO_HOSTS = 4;

/** Plays until each point was tried, or was missed so often that no such moment seems to come. */
export async function runMatrix({ points, parallel, chain, onPlayed, ...how }: MatrixOptions): Promise<void> {
  let missing = points;
  let turn = 0;
  for (let round = 0; round < ROUNDS && missing.length > 0; round += 1) {
    const chains = chainsOf(missing, Math.max(1, chain - round));
    const missed: Point[] = [];
    const lane = async (): Promise<void> => {
      for (let next = chains.shift(); next !== undefined; next = chains.shift()) {
        const options = { turn, leavesLast: how.leavesLast ?? turn % LEFT_TO_HOSTS === 0 };
        turn += 1;
        const result = await crashPlay(next, options);
        onPlayed(result, options);
        missed.push(...result.tried.filter(({ outcome }) => outcome === 'missed').map(({ point }) => point));
      }
    };
    await Promise.all(Array.from({ length: parallel }, lane));
    missing = missed;
  }
}

/** Points of one victim and side in plays of so many, evenly spread over the run. */
export function chainsOf(points: readonly Point[], length: number): Point[][] {
  const groups = Map.groupBy(points, ({ victim, side }) => `${victim} ${side}`);
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => a.event - b.event);
    const count = Math.ceil(sorted.length / length);
    return Array.from({ length: count }, (_, first) => sorted.filter((_, index) => index % count === first));
  });
}
