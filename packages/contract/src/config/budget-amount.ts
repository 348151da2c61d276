import type { Measure } from '@tina/domain';
import { parseDuration } from './duration.ts';

// Without zod: commands that start fast read amounts too.

/** How an amount of each measure is written. */
export const AMOUNT_FORMS: Readonly<Record<Measure, string>> = {
  turns: 'a number of turns such as 5',
  wall: 'a duration such as 30s, 10m or 1h30m',
  tokens: 'a number of tokens such as 250000, 250k or 2M',
  cost: 'US dollars such as 5 or 2.50',
};

const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1_000, M: 1_000_000 };

/** More than anything costs or counts; beyond it a slip of the keyboard is likelier. */
const MOST: Readonly<Record<Measure, number>> = {
  turns: 1_000_000,
  wall: 366 * 86_400_000,
  tokens: 1e12,
  cost: 1e6,
};

/** The amount that the text says, in what a budget counts; null when it says none above nothing. */
export function parseBudgetAmount(measure: Measure, text: string): number | null {
  const amount = AMOUNTS[measure](text.trim());
  return amount !== null && amount > 0 && amount <= MOST[measure] ? amount : null;
}

const AMOUNTS: Readonly<Record<Measure, (text: string) => number | null>> = {
  turns: (text) => (/^\d+$/.test(text) ? Number(text) : null),
  wall: parseDuration,
  tokens: (text) => {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
    return number === undefined ? null : Math.round(Number(number) * (FACTORS[unit] ?? 1));
  },
  cost: (text) => (/^\$?\d+(\.\d+)?$/.test(text) ? Number(text.replace('$', '')) : null),
};

/** `80%` as 0.8; null when the text is no part of a whole, or none. */
export function parsePart(text: string): number | null {
  const part = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : 0;
  return part > 0 && part <= 1 ? part : null;
}
