import type { CrashPlayResult } from './crash-play.ts';
import { pointText, SIDES, type Tried } from './point.ts';
import type { Verdict } from './verdict.ts';
import { VICTIMS } from './victim.ts';

/** What came of all points of one victim on one side, or of all of them. */
export interface Row {
  readonly name: string;
  /** Points at which a process was killed. */
  readonly killed: number;
  /** Points after which the next process of the kind was killed, because none was there. */
  readonly later: number;
  /** Points at which there was none, and none came. */
  readonly nobody: number;
  /** Points that no play came to. */
  readonly missed: number;
  readonly lost: number;
  readonly doubled: number;
  readonly stuck: number;
  readonly leftOver: number;
  readonly unclean: number;
  readonly recovery: Percentiles;
  readonly replacement: Percentiles;
}

/** Milliseconds; null where there was nothing to measure. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number | null =>
    sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? null };
}

/** A row for each victim and side that was asked for, and one for all. */
export function rowsOf(results: readonly CrashPlayResult[]): readonly Row[] {
  const rows = VICTIMS.flatMap((victim) =>
    SIDES.flatMap((side) => {
      const own = results.filter(({ points }) => points[0]?.victim === victim && points[0].side === side);
      return own.length === 0 ? [] : [rowOf(`${victim}, ${side}`, own)];
    }),
  );
  return [...rows, rowOf('all points', results)];
}

function rowOf(name: string, results: readonly CrashPlayResult[]): Row {
  const tried = latest(results.flatMap((result) => result.tried));
  const killed = tried.filter(({ outcome }) => outcome === 'killed' || outcome === 'later');
  const count = (outcome: Tried['outcome']): number => tried.filter((one) => one.outcome === outcome).length;
  const problems = (kind: keyof Verdict): number =>
    results.filter(({ verdict }) => verdict[kind].length > 0).length;
  return {
    name,
    killed: count('killed'),
    later: count('later'),
    nobody: count('nobody'),
    missed: count('missed'),
    lost: problems('lost'),
    doubled: problems('doubled'),
    stuck: problems('stuck'),
    leftOver: problems('leftOver'),
    unclean: problems('unclean'),
    recovery: percentiles(killed.flatMap(({ recoveryMs }) => recoveryMs ?? [])),
    replacement: percentiles(killed.flatMap(({ replacementMs }) => replacementMs ?? [])),
  };
}

/** What the table does not show: who brought the daemon back, and whether commits were hit from both sides. */
export function asidesOf(results: readonly CrashPlayResult[]): readonly string[] {
  const tried = latest(results.flatMap((result) => result.tried));
  const byHosts = tried.filter(({ restartedBy }) => restartedBy === 'host');
  const { count, p50, p99 } = percentiles(byHosts.flatMap(({ recoveryMs }) => recoveryMs ?? []));
  const during = tried.filter(({ isCommitted }) => isCommitted !== null);
  const kept = during.filter(({ isCommitted }) => isCommitted).length;
  return [
    ...(count === 0 ? [] : [`brought back by agent hosts: ${count}, recovery p50 ${p50} ms, p99 ${p99} ms`]),
    ...(during.length === 0 ? [] : [`killed during a commit: ${during.length}, of which ${kept} were kept`]),
  ];
}

/** A point that was missed and tried again counts once, by what came of it at last. */
function latest(tried: readonly Tried[]): readonly Tried[] {
  return [...new Map(tried.map((one) => [pointText(one.point), one])).values()];
}
