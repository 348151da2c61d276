import { isAlias, visit, type Alias, type Document, type LineCounter, type Node } from 'yaml';
import type { ScriptProblem } from './script-problem.ts';

/** An alias counts for all that it stands for, so a small file can mean a giant one. No real script comes near. */
const MAX_NODES = 50_000;

/** A parsed value of the script; null for a key without a value. */
export type ScriptNode = Node | null;

/** Reads one value. Undefined: it does not fit, and what is wrong has been noted. */
export type Reader<T> = (node: ScriptNode, notes: ReadingNotes) => T | undefined;

/** Goes along while a script is read and collects everything that is wrong with it. */
export class ReadingNotes {
  readonly problems: ScriptProblem[] = [];
  readonly #lines: LineCounter;
  readonly #targets: ReadonlyMap<Alias, Node>;
  #nodes = 0;
  /** Where a value stands that is not there. */
  #lastOffset = 0;

  constructor(document: Document, lines: LineCounter) {
    this.#lines = lines;
    this.#targets = targetsOfAliases(document);
  }

  /** The node itself for an alias; counts what is read. */
  visit(node: ScriptNode): ScriptNode {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw new ScriptTooLarge();
    if (node?.range) this.#lastOffset = node.range[0];
    return isAlias(node) ? (this.#targets.get(node) ?? null) : node;
  }

  note(node: ScriptNode, message: string): void {
    this.noteAt(node?.range?.[0] ?? this.#lastOffset, message);
  }

  noteAt(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ message, line: Math.max(line, 1), column: Math.max(col, 1) });
  }

  lineOf(node: ScriptNode): number {
    return Math.max(this.#lines.linePos(node?.range?.[0] ?? this.#lastOffset).line, 1);
  }
}

/** Each alias with what it stands for. `Alias.resolve` would go through the whole document for each one. */
function targetsOfAliases(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias(_key, node) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    },
  });
  return targets;
}

export class ScriptTooLarge extends Error {
  constructor() {
    super(`The script means more than ${MAX_NODES} values, by its aliases or its length.`);
  }
}
