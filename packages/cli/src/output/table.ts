import { displayWidth, padEnd, truncate } from './display-width.ts';
import { wrapWords } from './wrap.ts';

export interface TableOptions {
  /** A column of free text that may be cut before the table takes more lines. */
  readonly shrink?: number;
  readonly ellipsis?: string;
}

const GAP = '  ';
/** Before the cells of a row that stand on lines of their own. */
const INDENT = '    ';
/** A last column narrower than this is better read on lines of its own. */
const LEAST_LAST = 20;
/** A column that was cut to less says nothing. */
const LEAST_SHRUNK = 12;

type Rows = readonly (readonly string[])[];

/**
 * Rows in aligned columns, two spaces apart; a row may take several lines. What is wider than `width` is fitted: the
 * column that may shrink is cut, then the last is wrapped, then the last columns stand on indented lines below. No word is
 * broken, so that ids, paths and commands can be copied. Null: as wide as it is.
 */
export function table(rows: Rows, width: number | null, options: TableOptions = {}): string[] {
  return tableRows(rows, width, options).flat();
}

/** The lines of each row. */
export function tableRows(rows: Rows, width: number | null, options: TableOptions = {}): string[][] {
  if (width === null) return aligned(rows, widthsOf(rows));
  const shrunk = shrink(rows, width, options);
  const widths = widthsOf(shrunk);
  if (total(widths) <= width) return aligned(shrunk, widths);
  return wrappedLast(shrunk, widths, width) ?? stacked(shrunk, widths, width);
}

function widthsOf(rows: Rows): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function aligned(rows: Rows, widths: readonly number[]): string[][] {
  return rows.map((row) => [alignedLine(row, widths)]);
}

function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => padEnd(cell, widths[index] ?? 0))
    .join(GAP)
    .trimEnd();
}

function shrink(rows: Rows, width: number, { shrink: column, ellipsis = '…' }: TableOptions): Rows {
  if (column === undefined) return rows;
  const widths = widthsOf(rows);
  const room = Math.max(LEAST_SHRUNK, width - (total(widths) - (widths[column] ?? 0)));
  return rows.map((row) =>
    row.map((cell, index) => (index === column ? truncate(cell, room, ellipsis) : cell)),
  );
}

/** The last column wrapped within its place; null when the place is too narrow, or a word is too long for it. */
function wrappedLast(rows: Rows, widths: readonly number[], width: number): string[][] | null {
  const before = widths.slice(0, -1);
  const offset = total(before) + GAP.length;
  const room = width - offset;
  if (before.length === 0 || room < LEAST_LAST) return null;
  const cells = rows.map((row) => wrapWords(row[before.length] ?? '', room));
  if (cells.flat().some((line) => displayWidth(line) > room)) return null;
  return rows.map((row, index) => {
    const [first = '', ...more] = cells[index] ?? [];
    return [
      alignedLine([...row.slice(0, before.length), first], widths),
      ...more.map((line) => ' '.repeat(offset) + line),
    ];
  });
}

/** As many columns as there is place for; the others below, indented. */
function stacked(rows: Rows, widths: readonly number[], width: number): string[][] {
  const fitting = widths.findIndex((_, index) => total(widths.slice(0, index + 1)) > width);
  const columns = Math.max(1, fitting);
  return rows.map((row) => [
    alignedLine(row.slice(0, columns), widths),
    ...packed(row.slice(columns), width - INDENT.length).map((line) => INDENT + line),
  ]);
}

/** Cells side by side while they fit; one that is too long alone is wrapped. */
function packed(cells: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const cell of cells.filter((one) => one !== '')) {
    const joined = `${lines.at(-1) ?? ''}${GAP}${cell}`;
    if (lines.length > 0 && displayWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(...wrapWords(cell, Math.max(1, width)));
  }
  return lines;
}
