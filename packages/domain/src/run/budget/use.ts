import { type ModelPrice, NANO_USD, reckonCost } from '../../price/price.ts';
import type { Usage } from '../usage.ts';

/** A sum of which parts may be unknown: then it is at least what is known. */
export interface Amount {
  readonly known: number;
  /** How many turns did not tell their part. */
  readonly missing: number;
}

/** What turns that ended have used up. */
export interface Use {
  readonly turns: number;
  readonly wallMs: number;
  /** Tokens. */
  readonly input: Amount;
  readonly cacheRead: Amount;
  readonly cacheWrite: Amount;
  readonly output: Amount;
  /** All four kinds together; a turn that does not tell one of them is missing. */
  readonly tokens: Amount;
  /** Billionths of a dollar: as the agent told it; by the price table; and what counts: told, else reckoned. */
  readonly told: Amount;
  readonly reckoned: Amount;
  readonly cost: Amount;
}

const NOTHING: Amount = { known: 0, missing: 0 };

export const NO_USE: Use = {
  turns: 0,
  wallMs: 0,
  input: NOTHING,
  cacheRead: NOTHING,
  cacheWrite: NOTHING,
  output: NOTHING,
  tokens: NOTHING,
  told: NOTHING,
  reckoned: NOTHING,
  cost: NOTHING,
};

/** What one turn used up. No usage: the agent told none, or did not come to it. */
export function useOfTurn(usage: Usage | null, wallMs: number, price: ModelPrice | null): Use {
  const told = usage?.costUsd == null ? null : Math.round(usage.costUsd * NANO_USD);
  const reckoned = usage === null || price === null ? null : reckonCost(usage, price);
  const kinds = [
    usage?.inputTokens ?? null,
    usage?.cacheReadTokens ?? null,
    usage?.cacheWriteTokens ?? null,
    usage?.outputTokens ?? null,
  ] as const;
  const [input, cacheRead, cacheWrite, output] = kinds;
  const known = kinds.filter((tokens) => tokens !== null).reduce((sum, tokens) => sum + tokens, 0);
  return {
    turns: 1,
    wallMs,
    input: amount(input),
    cacheRead: amount(cacheRead),
    cacheWrite: amount(cacheWrite),
    output: amount(output),
    tokens: { known, missing: kinds.includes(null) ? 1 : 0 },
    told: amount(told),
    reckoned: amount(reckoned),
    cost: amount(told ?? reckoned),
  };
}

function amount(value: number | null): Amount {
  return value === null ? { known: 0, missing: 1 } : { known: value, missing: 0 };
}

export function addUse(a: Use, b: Use): Use {
  return {
    turns: a.turns + b.turns,
    wallMs: a.wallMs + b.wallMs,
    input: add(a.input, b.input),
    cacheRead: add(a.cacheRead, b.cacheRead),
    cacheWrite: add(a.cacheWrite, b.cacheWrite),
    output: add(a.output, b.output),
    tokens: add(a.tokens, b.tokens),
    told: add(a.told, b.told),
    reckoned: add(a.reckoned, b.reckoned),
    cost: add(a.cost, b.cost),
  };
}

function add(a: Amount, b: Amount): Amount {
  return { known: a.known + b.known, missing: a.missing + b.missing };
}
