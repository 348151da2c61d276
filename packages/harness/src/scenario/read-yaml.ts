import { type Reader, ReadingNotes, type ScriptNode } from '@tina/agents';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { ScenarioProblem } from './scenario-problem.ts';

/** Far more than any scenario that a person wrote. */
const MAX_BYTES = 256 * 1024;

export interface ReadYaml<T> {
  /** Null when there is any problem. */
  readonly value: T | null;
  readonly problems: readonly ScenarioProblem[];
}

/** Reads a YAML document and finds everything that is wrong with it at once, each with its place. */
export function readYaml<T>(source: string, read: Reader<T>): ReadYaml<T> {
  if (Buffer.byteLength(source) > MAX_BYTES)
    return refused(`the file is larger than ${MAX_BYTES / 1024} KiB`);
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const notes = new ReadingNotes(document, lineCounter);
  for (const { message, pos } of [...document.errors, ...document.warnings]) notes.noteAt(pos[0], message);
  if (notes.problems.length > 0) return { value: null, problems: notes.problems };
  try {
    const value = read(document.contents, notes);
    const problems = notes.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { value: problems.length === 0 ? (value ?? null) : null, problems };
  } catch (error) {
    // The one that says that a small file means a giant one.
    return refused((error as Error).message);
  }
}

function refused<T>(message: string): ReadYaml<T> {
  return { value: null, problems: [{ message, line: 1, column: 1 }] };
}

/** Names of the file's own choosing, each with a value of one kind. */
export function mapOf<T>(read: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return (node, notes) => {
    const map = notes.visit(node);
    if (!isMap(map)) {
      notes.note(node, 'expected names with values');
      return undefined;
    }
    const entries = map.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      if (name === '') notes.note(key as ScriptNode, 'expected a name');
      return [name, read(value as ScriptNode, notes)] as const;
    });
    const good = entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    return good.length === entries.length ? new Map(good) : undefined;
  };
}

/** The first reader whose kind of value it is; the last one says what is wrong. */
export function whenScalar<A, B>(scalar: Reader<A>, other: Reader<B>): Reader<A | B> {
  return (node, notes) => (isScalar(notes.visit(node)) ? scalar(node, notes) : other(node, notes));
}

/** What another reader gives, made into something else. Undefined where it gave nothing. */
export function mapped<T, R>(read: Reader<T>, change: (value: T) => R): Reader<R> {
  return (node, notes) => {
    const value = read(node, notes);
    return value === undefined ? undefined : change(value);
  };
}
