/** What the watcher has to say. */
export interface Notice {
  /**
   * milestone: the run came this far. setback: something went wrong that Tina deals with by itself. anomaly: something is not as it
   * should be, whoever is to blame.
   */
  readonly kind: 'milestone' | 'setback' | 'anomaly';
  /** Stable, such as `no_progress`. */
  readonly code: string;
  /** Since the watching began, in milliseconds. */
  readonly afterMs: number;
  /** Null: no run is there yet. */
  readonly runId: string | null;
  readonly text: string;
}

/** `0.4 s`, `75 s`, `12 min`. */
export function elapsed(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 180_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
