/** One thing that doctor looked at. `missing`: no run is possible without it. */
export interface Examination {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'missing';
  /** What was found, for a person. */
  readonly found: string;
  /** Null where there is none. */
  readonly version: string | null;
  /** Where a mistake stands, one a line. */
  readonly details: readonly string[];
  /** What to do when it is not ok. */
  readonly next: readonly string[];
}

export function ok(name: string, found: string, version: string | null = null): Examination {
  return { name, status: 'ok', found, version, details: [], next: [] };
}

export function notOk(
  status: 'warning' | 'missing',
  name: string,
  found: string,
  next: readonly string[],
  more: { readonly version?: string; readonly details?: readonly string[] } = {},
): Examination {
  return { name, status, found, version: more.version ?? null, details: more.details ?? [], next };
}
