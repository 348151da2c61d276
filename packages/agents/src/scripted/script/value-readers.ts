import { isCollection, isMap, isScalar, isSeq } from 'yaml';
import type { Reader, ScriptNode } from './node-reader.ts';

/** A string; a number or a boolean counts as it is written, so that `1.10` stays `1.10`. */
export const text: Reader<string> = (node, notes) => {
  const value = notes.visit(node);
  if (isScalar(value)) {
    if (typeof value.value === 'string') return value.value;
    if (typeof value.value === 'number' || typeof value.value === 'boolean') {
      return value.source ?? String(value.value);
    }
  }
  notes.note(node, `expected text, found ${describe(value)}`);
  return undefined;
};

/** Text without which the key would say nothing. */
export const filledText: Reader<string> = (node, notes) => {
  const value = text(node, notes);
  if (value !== '') return value;
  notes.note(node, 'expected text, found an empty one');
  return undefined;
};

export const yesNo: Reader<boolean> = (node, notes) => {
  const value = notes.visit(node);
  if (isScalar(value) && typeof value.value === 'boolean') return value.value;
  notes.note(node, `expected true or false, found ${describe(value)}`);
  return undefined;
};

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (node, notes) => {
    const value = notes.visit(node);
    const number = isScalar(value) ? value.value : null;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max) {
      return number;
    }
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
    notes.note(node, `expected a whole number ${range}, found ${describe(value)}`);
    return undefined;
  };
}

/** An amount that need not be whole and is not negative. */
export const amount: Reader<number> = (node, notes) => {
  const value = notes.visit(node);
  const number = isScalar(value) ? value.value : null;
  if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  notes.note(node, `expected a number from 0, found ${describe(value)}`);
  return undefined;
};

const DURATION =
  /^(?:(?<hours>\d{1,6})h)?(?:(?<minutes>\d{1,6})m)?(?:(?<seconds>\d{1,6})s)?(?:(?<milliseconds>\d{1,9})ms)?$/;

/** `200ms`, `1m30s`, in milliseconds. The contract's `parseDuration` would bring all of the contract along. */
export const duration: Reader<number> = (node, notes) => {
  const value = notes.visit(node);
  const written = isScalar(value) && typeof value.value === 'string' ? value.value : '';
  const groups = written === '' ? undefined : DURATION.exec(written)?.groups;
  if (groups !== undefined) {
    const { hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = groups;
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
  }
  notes.note(node, `expected a duration such as 200ms, 5s or 1m30s, found ${describe(value)}`);
  return undefined;
};

export function oneOf<const Name extends string | number>(names: readonly Name[]): Reader<Name> {
  return (node, notes) => {
    const value = notes.visit(node);
    const found = names.find((name) => isScalar(value) && value.value === name);
    if (found !== undefined) return found;
    notes.note(node, `expected ${names.join(', ')}, found ${describe(value)}`);
    return undefined;
  };
}

/** A list; a single value counts as a list of one. */
export function oneOrMore<T>(read: Reader<T>): Reader<readonly T[]> {
  return (node, notes) => {
    if (isSeq(notes.visit(node))) return list(read)(node, notes);
    const value = read(node, notes);
    return value === undefined ? undefined : [value];
  };
}

export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (node, notes) => {
    const value = notes.visit(node);
    if (!isSeq(value)) {
      notes.note(node, `expected a list, found ${describe(value)}`);
      return undefined;
    }
    const items = value.items.map((item) => read(item as ScriptNode, notes));
    return items.every((item) => item !== undefined) ? items : undefined;
  };
}

export function describe(node: ScriptNode): string {
  if (isMap(node)) return 'keys with values';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null || isCollection(node)) return 'nothing';
  return typeof node.value === 'string' ? `"${shorten(node.value)}"` : JSON.stringify(node.value);
}

function shorten(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
