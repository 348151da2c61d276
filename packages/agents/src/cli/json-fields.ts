/** A record of a protocol that somebody else may change at any time: nothing in it is taken for granted. */
export type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = {};

/** The value as a record; an empty one when it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE;
}

/** The value as a list; an empty one when it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A count or an amount: finite and not negative. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Whole seconds since 1970 as milliseconds; null for what no calendar has. */
export function timeOfSeconds(value: unknown): number | null {
  const seconds = numberOf(value);
  return seconds === null || seconds > LAST_SECOND ? null : Math.round(seconds * 1000);
}

/** The last time that a `Date` can hold. */
const LAST_SECOND = 8.64e12;
