import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { ErrorData, ErrorPlace } from '../error/tina-error.ts';
import type { ConfigSource } from './effective-config.ts';

export type ConfigPath = readonly PropertyKey[];

/** A configuration file as data that knows where each value stands. */
export interface ConfigDocument {
  readonly value: unknown;
  /** Of the value, or of the nearest thing around it when it is missing. */
  readonly placeOf: (path: ConfigPath) => ErrorPlace;
  readonly placeOfKey: (path: ConfigPath, key: string) => ErrorPlace;
}

/** A file without content says nothing: the document's value is undefined. */
export function parseConfigDocument(
  source: ConfigSource,
):
  | { readonly ok: true; readonly document: ConfigDocument }
  | { readonly ok: false; readonly errors: ErrorData[] } {
  const lines = new LineCounter();
  const yaml = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number, field: string | null): ErrorPlace => {
    const { line, col } = lines.linePos(offset);
    return { file: source.path, line, column: col, field };
  };
  const problems = [...yaml.errors, ...yaml.warnings];
  if (problems.length > 0) {
    return { ok: false, errors: problems.map((one) => syntaxError(one.message, place(one.pos[0], null))) };
  }
  let value: unknown;
  try {
    value = yaml.toJS() ?? undefined;
  } catch (error) {
    // An alias without an anchor, or aliases that multiply without end.
    return { ok: false, errors: [syntaxError((error as Error).message, place(0, null))] };
  }
  return {
    ok: true,
    document: {
      value,
      placeOf: (path) => place(offsetOf(yaml, path), fieldText(path)),
      placeOfKey: (path, key) => place(keyOffset(yaml, path, key), fieldText([...path, key])),
    },
  };
}

/** `checks[0].command`; null for the document itself. */
export function fieldText(path: ConfigPath): string | null {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? null : text;
}

/** What stands at the path in plain data. */
export function valueAt(value: unknown, path: ConfigPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return current;
}

function offsetOf(yaml: Document, path: ConfigPath): number {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(yaml, path.slice(0, length));
    if (node !== null) return node;
  }
  return 0;
}

/** By the keys as text: a phase's `2:` is a number to YAML. */
function nodeIn(yaml: Document, path: ConfigPath): unknown {
  let node: unknown = yaml.contents;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      node = pair?.value;
    } else node = isSeq(node) ? node.items[Number(part)] : undefined;
  }
  return node;
}

function nodeAt(yaml: Document, path: ConfigPath): number | null {
  const node = nodeIn(yaml, path);
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  return Array.isArray(node.range) ? Number(node.range[0]) : null;
}

function keyOffset(yaml: Document, path: ConfigPath, key: string): number {
  const map = nodeIn(yaml, path);
  if (isMap(map)) {
    for (const pair of map.items) {
      if (isScalar(pair.key) && String(pair.key.value) === key && pair.key.range) return pair.key.range[0];
    }
  }
  return offsetOf(yaml, path);
}

function syntaxError(message: string, place: ErrorPlace): ErrorData {
  return {
    code: 'config_syntax',
    message: `this is not YAML that Tina can read: ${message}`,
    place,
    details: [],
    next: [],
  };
}
