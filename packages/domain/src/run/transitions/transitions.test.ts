import { describe, expect, it } from 'vitest';
import { transitionTables } from './observe-runs.test-support.ts';
import { cellKey } from './table.test-support.ts';

describe('G03 every command in every kind of state', () => {
  const tables = transitionTables();
  const cells = tables.flatMap(({ title, rows, columns, cells: all }) =>
    rows.flatMap((row) =>
      columns.map((column) => ({
        name: `${title}: ${cellKey(row, column)}`,
        cell: all.get(cellKey(row, column)),
      })),
    ),
  );

  it('was asked', () => {
    const left = cells.filter(({ cell }) => cell === undefined).map(({ name }) => name);
    // A timer carries no epoch: it is set for the attempt itself.
    expect(left).toEqual(['An attempt: with another epoch × its timer']);
  });

  it('has an effect, or is refused with a reason, or repeats what was heard', () => {
    const idle = cells.filter(({ cell }) => cell?.isIdle).map(({ name }) => name);
    expect(idle).toEqual([
      // A node that died between claiming and starting begins again.
      'An attempt: starting × begin-attempt',
      // The turn was handed over, and is under way since it was asked for.
      'A job (`complete-job`): continue-agent × awaited, done',
    ]);
  });
});
