import type { Job } from '@tina/domain';
import { sql } from 'kysely';
import { KEY_COLUMNS, type KeyColumns } from '../commit/write-entities.ts';
import { decode } from '../json.ts';
import type { RunEntities } from '../run/run-row.ts';
import type { Queries } from '../sql-context.ts';
import type { WrongCopy } from './audit.ts';

/** Columns of the run's rows that are not what the row's own data says: lists and queries go by the column. */
export async function findWrongCopies(db: Queries, runId: string): Promise<readonly WrongCopy[]> {
  const found: WrongCopy[] = [];
  for (const [table, columnsOf] of TABLES) {
    const rows = await sql<Row>`select * from ${sql.table(table)} where run_id = ${runId}`.execute(db);
    for (const row of rows.rows) found.push(...compare(table, row, columnsOf));
  }
  return found;
}

/** Writes each of them as the data says. */
export async function mendCopies(db: Queries, runId: string): Promise<void> {
  for (const { table, id, column, expected } of await findWrongCopies(db, runId)) {
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${expected}
      where run_id = ${runId} and id = ${id}`.execute(db);
  }
}

type Row = Readonly<Record<string, string | null>> & { readonly id: string; readonly data: string };
type ColumnsOf = (data: never) => KeyColumns;

const TABLES: readonly (readonly [table: keyof RunEntities | 'jobs', ColumnsOf])[] = [
  ['teams', KEY_COLUMNS.teams],
  ['tasks', KEY_COLUMNS.tasks],
  ['attempts', KEY_COLUMNS.attempts],
  ['findings', KEY_COLUMNS.findings],
  ['gates', KEY_COLUMNS.gates],
  ['messages', KEY_COLUMNS.messages],
  ['questions', KEY_COLUMNS.questions],
  ['jobs', (job: Job) => ({ kind: job.kind, attempt_id: 'attemptId' in job ? job.attemptId : null })],
];

function compare(table: string, row: Row, columnsOf: ColumnsOf): readonly WrongCopy[] {
  const data = readData(row.data);
  // Whoever reads the rows says so.
  if (data === null) return [];
  return Object.entries(columnsOf(data)).flatMap(([column, expected]) => {
    const found = row[column] ?? null;
    return found === expected ? [] : [{ table, id: row.id, column, found, expected }];
  });
}

function readData(text: string): never | null {
  try {
    return decode<never>(text);
  } catch {
    return null;
  }
}
