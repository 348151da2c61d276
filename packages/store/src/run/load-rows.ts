import type { RunState } from '@tina/domain';
import { decode } from '../json.ts';
import type { Queries } from '../sql-context.ts';
import { fromRunRow, type RunEntities } from './run-row.ts';

/** The state as its rows hold it, all of one moment. */
export function loadRows(db: Queries, runId: string): Promise<RunState | null> {
  return db
    .transaction()
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const row = await transaction.selectFrom('runs').selectAll().where('id', '=', runId).executeTakeFirst();
      if (row === undefined) return null;
      return fromRunRow(row, {
        teams: await entities(transaction, 'teams', runId),
        tasks: await entities(transaction, 'tasks', runId),
        attempts: await entities(transaction, 'attempts', runId),
        findings: await entities(transaction, 'findings', runId),
        gates: await entities(transaction, 'gates', runId),
        messages: await entities(transaction, 'messages', runId),
        questions: await entities(transaction, 'questions', runId),
      });
    });
}

async function entities<Entity>(
  db: Queries,
  table: keyof RunEntities,
  runId: string,
): Promise<Readonly<Record<string, Entity>>> {
  const rows = await db
    .selectFrom<keyof RunEntities>(table)
    .select(['id', 'data'])
    .where('run_id', '=', runId)
    .execute();
  return Object.fromEntries(rows.map(({ id, data }) => [id, decode<Entity>(data)]));
}
