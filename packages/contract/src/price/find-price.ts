import type { ModelPrice } from '@tina/domain';
import { PRICE_ALIASES, PUBLISHED_PRICES } from './published-prices.ts';

export type Prices = Readonly<Record<string, ModelPrice>>;

/**
 * What a model costs: by the user's prices, else by the published ones. Each is looked for by the name as it stands, then
 * without its provider (`anthropic/`, `models/`), then without the mark of a long context (`[1m]`) and a date at its end
 * (`-20251001`, `-2026-02-05`, `-latest`). Nothing else is taken for alike: `gpt-5-mini` is no `gpt-5`. Null: not known.
 */
export function findPrice(model: string, own: Prices): ModelPrice | null {
  const names = namesOf(model);
  return firstOf(own, names) ?? firstOf(published(), [...names, ...names.flatMap(aliasOf)]);
}

function namesOf(model: string): readonly string[] {
  const bare = model.slice(model.lastIndexOf('/') + 1);
  const undated = bare.replace(/\[1m\]$/, '').replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
  return [...new Set([model, bare, undated])];
}

function aliasOf(name: string): readonly string[] {
  const alias = Object.hasOwn(PRICE_ALIASES, name) ? PRICE_ALIASES[name] : undefined;
  return alias === undefined ? [] : [alias];
}

function firstOf(prices: Prices, names: readonly string[]): ModelPrice | null {
  const name = names.find((each) => Object.hasOwn(prices, each));
  return (name === undefined ? undefined : prices[name]) ?? null;
}

function published(): Prices {
  return Object.assign({}, ...PUBLISHED_PRICES.map(({ models }) => models)) as Prices;
}
