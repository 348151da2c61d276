import type { Queries } from '../sql-context.ts';
import type { RunWrite } from '../store.ts';
import { toRunRow } from '../run/run-row.ts';

/** Writes the run's own fields; false when the run is not at the expected revision, or is there already. */
export async function writeRunRow(db: Queries, run: RunWrite, status: string, now: number): Promise<boolean> {
  const row = { ...toRunRow(run.after), status, updated_at: now };
  if (run.before === null) {
    const inserted = await db
      .insertInto('runs')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  }
  const { id, ...columns } = row;
  const updated = await db
    .updateTable('runs')
    .set(columns)
    .where('id', '=', id)
    .where('revision', '=', run.expectedRevision)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}
