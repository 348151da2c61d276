import type { CliIo } from '../terminal/io.ts';
import { lookOf } from './look.ts';
import { printLines } from './print.ts';
import { createStyle } from './style.ts';
import { tableRows } from './table.ts';

/** A table below the names of its columns, fitted to the terminal where there is one. */
export function printTable(io: CliIo, names: readonly string[], rows: readonly (readonly string[])[]): void {
  const { width, colour } = lookOf(io);
  const { dim } = createStyle(colour);
  const [header = [], ...lines] = tableRows([names, ...rows], width);
  printLines(io, [...header.map(dim), ...lines.flat()]);
}
