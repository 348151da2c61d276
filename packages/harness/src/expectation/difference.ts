/** One fact that is not as the scenario expects it. */
export interface Difference {
  /** Where in `expected`: `attempts.phase-1-task-1`. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** None when both are the same. */
export function differs(
  path: string,
  expected: string | number,
  found: string | number | null,
): readonly Difference[] {
  return expected === found ? [] : [{ path, expected: String(expected), found: String(found ?? 'nothing') }];
}

/** A difference for each of the texts that are not in what was found. */
export function lacks(path: string, texts: readonly string[], found: string): readonly Difference[] {
  return texts
    .filter((text) => !found.includes(text))
    .map((text) => ({ path, expected: `with ${JSON.stringify(text)} in it`, found: shorten(found) }));
}

/** Enough to recognise it by. */
export function shorten(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'nothing';
  return trimmed.length > 300 ? `${trimmed.slice(0, 300)}…` : trimmed;
}
