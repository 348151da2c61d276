import { parseDuration } from '@tina/contract';

/** A duration such as `10m`, as milliseconds. */
export function durationValue(input: string): number {
  const durationMs = parseDuration(input);
  if (durationMs === null) throw new SyntaxError('must be a duration such as 30s, 10m or 1h30m');
  return durationMs;
}

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): (input: string) => number {
  return (input) => {
    const value = Number(input);
    if (/^\d+$/.test(input) && value >= least && value <= most) return value;
    throw new SyntaxError(`must be a whole number from ${least} to ${most}`);
  };
}

/** What a person says, which must not be empty. */
export function saidText(input: string): string {
  if (input.trim() === '') throw new SyntaxError('must say something');
  return input;
}
