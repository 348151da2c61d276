import type { ScenarioResult } from './scenario-result.ts';

/** What several plays come to together. */
export interface Summary {
  readonly plays: number;
  readonly asExpected: number;
  /** Of those that were meant to end complete. */
  readonly meantToComplete: number;
  /** Of those, the ones that ended complete without a manual edit. */
  readonly finishedUnaided: number;
  /** Of the plays' durations, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly anomalies: number;
  /** How many failures of each category there were. */
  readonly failures: Readonly<Record<string, number>>;
}

export function summarise(results: readonly ScenarioResult[]): Summary {
  const durations = results.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  const meant = results.filter(({ isMeantToComplete }) => isMeantToComplete);
  const failures: Record<string, number> = {};
  for (const { category } of results.flatMap((result) => result.failures))
    failures[category] = (failures[category] ?? 0) + 1;
  return {
    plays: results.length,
    asExpected: results.filter(({ asExpected }) => asExpected).length,
    meantToComplete: meant.length,
    finishedUnaided: meant.filter(({ isFinishedUnaided }) => isFinishedUnaided).length,
    p50Ms: percentile(durations, 50),
    p99Ms: percentile(durations, 99),
    anomalies: results.flatMap(({ notices }) => notices).filter(({ kind }) => kind === 'anomaly').length,
    failures,
  };
}

/** The nearest rank, of values in order; 0 when there are none. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? 0;
}

/** The results of each scenario, in the order they were played first. */
export function byScenario(
  results: readonly ScenarioResult[],
): ReadonlyMap<string, readonly ScenarioResult[]> {
  return Map.groupBy(results, ({ scenario }) => scenario);
}
