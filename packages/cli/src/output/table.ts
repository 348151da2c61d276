import { displayWidth, padEnd, truncate } from './display-width.ts';

/** Rows in aligned columns, two spaces apart. The last column is cut to what is left of `width`; null: not at all. */
export function table(rows: readonly (readonly string[])[], width: number | null, ellipsis = '…'): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  return rows.map((row) => {
    const cells = row.map((cell, index) => {
      if (index < columns - 1) return padEnd(cell, widths[index] ?? 0);
      return width === null ? cell : truncate(cell, Math.max(8, width - before), ellipsis);
    });
    return cells.join('  ').trimEnd();
  });
}
