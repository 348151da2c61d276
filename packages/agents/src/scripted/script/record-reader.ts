import { isMap, isScalar } from 'yaml';
import type { Reader, ReadingNotes, ScriptNode } from './node-reader.ts';
import { describe } from './value-readers.ts';

export interface Field<T> {
  readonly read: Reader<T>;
  readonly isRequired: boolean;
}

export function required<T>(read: Reader<T>): Field<T> {
  return { read, isRequired: true };
}

/** Null when it is not given. */
export function optional<T>(read: Reader<T>): Field<T | null> {
  return { read, isRequired: false };
}

type Fields = Readonly<Record<string, Field<unknown>>>;

export type FieldValues<F> = { readonly [Key in keyof F]: F[Key] extends Field<infer T> ? T : never };

/**
 * Reads keys with values. With a shorthand, anything else than keys stands for that one key: `commit: Add it` is
 * `commit: { message: Add it }`. No value at all is no keys.
 */
export function record<const F extends Fields>(
  fields: F,
  shorthand: (keyof F & string) | null = null,
): Reader<FieldValues<F>> {
  return (node, notes) => {
    const value = notes.visit(node);
    const entries = entriesOf(value, node, shorthand);
    if (entries === null) {
      notes.note(
        node,
        `expected keys with values (${Object.keys(fields).join(', ')}), found ${describe(value)}`,
      );
      return undefined;
    }
    const values: Record<string, unknown> = {};
    const countBefore = notes.problems.length;
    noteUnknownKeys(entries, fields, notes);
    for (const [name, field] of Object.entries(fields)) {
      const entry = entries.find((one) => one.name === name);
      if (entry !== undefined) values[name] = field.read(entry.value, notes);
      else if (field.isRequired) notes.note(node, `"${name}" is missing`);
      else values[name] = null;
    }
    return notes.problems.length === countBefore ? (values as FieldValues<F>) : undefined;
  };
}

interface Entry {
  readonly name: string;
  readonly key: ScriptNode;
  readonly value: ScriptNode;
}

function entriesOf(value: ScriptNode, node: ScriptNode, shorthand: string | null): readonly Entry[] | null {
  if (isMap(value)) {
    return value.items.map((pair) => {
      const key = pair.key as ScriptNode;
      const name = isScalar(key) ? String(key.value) : '';
      return { name, key, value: withPlace(pair.value as ScriptNode, key) };
    });
  }
  if (value === null || (isScalar(value) && value.value === null)) return [];
  return shorthand === null ? null : [{ name: shorthand, key: node, value: node }];
}

/** A key without a value has no place of its own. */
function withPlace(value: ScriptNode, key: ScriptNode): ScriptNode {
  if (value !== null && value.range == null && key?.range) value.range = key.range;
  return value;
}

function noteUnknownKeys(entries: readonly Entry[], fields: Fields, notes: ReadingNotes): void {
  for (const { name, key } of entries) {
    if (Object.hasOwn(fields, name)) continue;
    const known = Object.keys(fields);
    const expected = known.length === 0 ? 'it takes none' : `known: ${known.join(', ')}`;
    notes.note(key, `unknown key "${name}" (${expected})`);
  }
}
