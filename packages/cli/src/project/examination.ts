import type { ExaminationView } from '@tina/contract';

/** One thing that doctor looked at. `missing`: no run is possible without it. */
export type Examination = ExaminationView;

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
