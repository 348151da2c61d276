/** Steps that people count in, in milliseconds. */
const STEPS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];
/** More labels run into each other on a telephone. */
const MOST_TICKS = 6;

/** The time axis of a chart. */
export interface Axis {
  readonly stepMs: number;
  /** Where the chart ends: a whole number of steps. */
  readonly endMs: number;
}

/** An axis that holds everything up to `lastMs`. */
export function axisUpTo(lastMs: number): Axis {
  const longest = Math.max(lastMs, 1);
  const stepMs =
    STEPS.find((step) => longest / step <= MOST_TICKS) ?? Math.ceil(longest / MOST_TICKS / 600_000) * 600_000;
  return { stepMs, endMs: Math.ceil(longest / stepMs) * stepMs };
}

/** Where a time stands on the axis, as CSS has it; within the axis. */
export function percentOf({ endMs }: Axis, ms: number): string {
  const share = Math.min(Math.max(ms / endMs, 0), 1);
  return `${(100 * share).toFixed(2)}%`;
}

/** `500 ms`, `20 s`, `5 min`. */
export function tickText(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1000) return `${ms} ms`;
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
}
