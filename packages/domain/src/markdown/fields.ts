import { indentOf, readFieldLine, readListItem, type FieldLine } from './field-line.ts';
import { withoutBlankEnds, type LineRange, type Outline, type VerbatimBlock } from './outline.ts';

/**
 * How far a field reaches: `line` to the end of its line, `text` to the end of its paragraph, `code` as `text` and then
 * to the end of the code block below, `list` as `text` and then to the end of the list below.
 */
export type FieldReach = 'line' | 'text' | 'code' | 'list';

/** The labels that are fields, in lower case; several labels may mean one field. */
export type FieldLabels = ReadonlyMap<string, { readonly name: string; readonly reach: FieldReach }>;

export interface Field {
  readonly line: number;
  /** What stands beside the label; empty when nothing does. */
  readonly value: string;
  readonly items: readonly string[];
  readonly code: string | null;
}

export interface FieldsOfSection {
  /** By name; the first of several with one name. */
  readonly fields: ReadonlyMap<string, Field>;
  /** The later ones with a name that was there already. */
  readonly doubles: readonly { readonly name: string; readonly line: number; readonly firstLine: number }[];
  /** The lines that belong to no field. */
  readonly body: string;
}

interface OpenField {
  readonly name: string;
  readonly reach: FieldReach;
  readonly label: FieldLine;
  readonly line: number;
  /** Line by line: joining them as they come would take time quadratic in their number. */
  readonly value: string[];
  readonly items: string[][];
  code: string | null;
}

/**
 * Separates a section's fields from its prose. A bold label begins a field wherever it stands; a plain one only above
 * the first line of prose, because below it, it may be a sentence. Nothing in a code block or comment is a field.
 */
export function collectFields(outline: Outline, range: LineRange, labels: FieldLabels): FieldsOfSection {
  const collector = new Collector(labels);
  const verbatimByLine = linesOf(outline.verbatim, range);
  for (let line = range.first; line <= range.last; line += 1) {
    const text = outline.lines[line - 1] as string;
    const block = verbatimByLine.get(line);
    if (block) collector.takeVerbatim(block, line, text);
    else collector.takeLine(line, text);
  }
  return collector.result();
}

function linesOf(blocks: readonly VerbatimBlock[], range: LineRange): ReadonlyMap<number, VerbatimBlock> {
  const byLine = new Map<number, VerbatimBlock>();
  for (const block of blocks) {
    if (block.line < range.first || block.line > range.last) continue;
    for (let line = block.line; line <= block.lastLine; line += 1) byLine.set(line, block);
  }
  return byLine;
}

/** Reads line by line. States: no field open, or one open; the open one ends where its reach does. */
class Collector {
  readonly #labels: FieldLabels;
  readonly #fields: OpenField[] = [];
  readonly #body: string[] = [];
  #open: OpenField | null = null;
  #isAfterBlank = false;
  #sawProse = false;

  constructor(labels: FieldLabels) {
    this.#labels = labels;
  }

  takeVerbatim(block: VerbatimBlock, line: number, text: string): void {
    if (block.kind === 'code' && line === block.line) {
      if (this.#open?.reach === 'code' && this.#open.code === null) this.#open.code = block.text;
      else this.#open = null;
    }
    // A field's code is no prose; its field stays open over it and takes nothing more.
    if (block.kind === 'html' || this.#open === null) this.#body.push(text);
  }

  takeLine(line: number, text: string): void {
    if (text.trim() === '') {
      this.#isAfterBlank = true;
      this.#body.push(text);
      return;
    }
    const label = readFieldLine(text);
    if (label && this.#begin(label, line)) return;
    if (!label?.isBold && this.#continue(text)) return;
    this.#open = null;
    this.#sawProse = true;
    this.#body.push(text);
  }

  result(): FieldsOfSection {
    const fields = new Map<string, Field>();
    const doubles: { name: string; line: number; firstLine: number }[] = [];
    for (const field of this.#fields) {
      const first = fields.get(field.name);
      if (first) doubles.push({ name: field.name, line: field.line, firstLine: first.line });
      else fields.set(field.name, closed(field));
    }
    return { fields, doubles, body: withoutBlankEnds(this.#body) };
  }

  #begin(label: FieldLine, line: number): boolean {
    const field = this.#labels.get(label.label);
    if (!field || !(label.isBold || this.#mayBePlain(label))) return false;
    this.#open = { ...field, label, line, value: [label.value], items: [], code: null };
    this.#fields.push(this.#open);
    this.#isAfterBlank = false;
    return true;
  }

  #mayBePlain(label: FieldLine): boolean {
    if (this.#sawProse) return false;
    if (!label.isBullet || this.#open?.reach !== 'list') return true;
    // In a list field this may be an item that happens to begin with a label.
    return this.#open.label.isBullet && label.indent <= this.#open.label.indent;
  }

  #continue(text: string): boolean {
    const open = this.#open;
    if (!open || open.reach === 'line' || open.code !== null) return false;
    const item = open.reach === 'list' ? readListItem(text) : null;
    const belongs =
      !this.#isAfterBlank ||
      (open.reach === 'list' ? indentOf(text) > 0 : open.value.every((line) => line === ''));
    if (item === null && !belongs) return false;
    this.#isAfterBlank = false;
    const last = open.items.at(-1) ?? open.value;
    if (item !== null) open.items.push([item]);
    else last.push(text.trim());
    return true;
  }
}

function closed({ line, value, items, code }: OpenField): Field {
  return { line, value: value.join('\n').trim(), items: items.map((lines) => lines.join(' ')), code };
}
