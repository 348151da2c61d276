import { AMOUNT_FORMS, parseBudgetAmount, parseDuration } from '@tina/contract';
import type { Measure } from '@tina/domain';

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

/** An amount of what a budget limits. */
export function budgetAmount(measure: Measure): (input: string) => number {
  return (input) => {
    const amount = parseBudgetAmount(measure, input);
    if (amount !== null) return amount;
    throw new SyntaxError(`must be ${AMOUNT_FORMS[measure]}`);
  };
}

/** What a person says, which must not be empty. */
export function saidText(input: string): string {
  if (input.trim() === '') throw new SyntaxError('must say something');
  return input;
}
