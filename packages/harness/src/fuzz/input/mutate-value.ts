import { NASTY_NAMES, NASTY_NUMBERS, NASTY_TEXTS } from './nasty.ts';
import type { Random } from './random.ts';

/** More than any list of the contract may have; and how long all of it may be as JSON. */
const MAX_REPEATED = 600;
const MAX_REPEATED_SIZE = 40_000;

type Fields = Record<string, unknown>;

/** A value like the given one, of which something was changed, taken away, added, or put deeper. JSON can hold it. */
export function mutatedValue(random: Random, value: unknown): unknown {
  let result = value;
  const changes = 1 + random.below(3);
  for (let count = 0; count < changes; count += 1) result = changed(random, result);
  return result;
}

function changed(random: Random, value: unknown): unknown {
  if (random.oneIn(5) || value === null || typeof value !== 'object') return nastyValue(random, value);
  if (Array.isArray(value)) return changedList(random, value);
  const fields: Fields = { ...(value as Fields) };
  const keys = Object.keys(fields);
  const key = keys[random.below(Math.max(keys.length, 1))];
  if (key === undefined || random.oneIn(6)) {
    // Not by assignment: that would change the object itself.
    Object.defineProperty(fields, random.pick(NASTY_NAMES), {
      value: nastyValue(random, null),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else if (random.oneIn(5)) delete fields[key];
  else fields[key] = changed(random, fields[key]);
  return fields;
}

function changedList(random: Random, list: readonly unknown[]): unknown[] {
  const at = random.below(list.length + 1);
  if (list.length === 0 || random.oneIn(3)) return list.toSpliced(at, 0, nastyValue(random, null));
  if (random.oneIn(4)) return repeated(random, list[0]);
  return list.with(at % list.length, changed(random, list[at % list.length]));
}

/** Many times the same; fewer when it is large itself, or lists of lists of lists would fill the memory. */
function repeated(random: Random, item: unknown): unknown[] {
  const size = JSON.stringify(item).length;
  const times = Math.min(MAX_REPEATED_SIZE / size, random.below(MAX_REPEATED));
  return Array.from({ length: times }, () => item);
}

function nastyValue(random: Random, before: unknown): unknown {
  switch (random.below(9)) {
    case 0:
      return random.pick(NASTY_NUMBERS);
    case 1:
      return null;
    case 2:
      return random.oneIn(2);
    case 3:
      return [];
    case 4:
      return {};
    case 5:
      return deep(random);
    case 6:
      return [before];
    case 7:
      return typeof before === 'string' ? before + random.pick(NASTY_TEXTS) : random.pick(NASTY_TEXTS);
    default:
      return random.pick(NASTY_TEXTS);
  }
}

function deep(random: Random): unknown {
  let value: unknown = 'at the bottom';
  const isList = random.oneIn(2);
  for (let depth = random.below(2_000); depth > 0; depth -= 1) value = isList ? [value] : { a: value };
  return value;
}
