import type { Attempt, Gate, Message, Question, RunFinding, Task, Team } from '@tina/domain';
import { sql } from 'kysely';
import { encode } from '../json.ts';
import type { RunEntities } from '../run/run-row.ts';
import type { Queries } from '../sql-context.ts';
import type { RunWrite } from '../store.ts';
import { chunks } from './chunks.ts';

export type KeyColumns = Readonly<Record<string, string | null>>;

/** The columns of each table that copy a field of the entity. */
export const KEY_COLUMNS = {
  teams: ({ name }: Team): KeyColumns => ({ name }),
  tasks: ({ name, phase, status }: Task): KeyColumns => ({ name, phase, status }),
  attempts: ({ taskId, status }: Attempt): KeyColumns => ({ task_id: taskId, status }),
  findings: ({ phase, status }: RunFinding): KeyColumns => ({ phase, status }),
  gates: ({ taskId, status }: Gate): KeyColumns => ({ task_id: taskId, status }),
  /** Who got the message. */
  messages: ({ delivery }: Message): KeyColumns => ({ attempt_id: delivery?.attemptId ?? null }),
  questions: ({ attemptId }: Question): KeyColumns => ({ attempt_id: attemptId }),
} as const;

/** Writes exactly the entities that the commit changed. States are immutable, so what is the same object did not change. */
export async function writeEntities(db: Queries, run: RunWrite): Promise<void> {
  const { before, after } = run;
  await writeChanges(db, run.runId, 'teams', before?.teams, after.teams, KEY_COLUMNS.teams);
  await writeChanges(db, run.runId, 'tasks', before?.tasks, after.tasks, KEY_COLUMNS.tasks);
  await writeChanges(db, run.runId, 'attempts', before?.attempts, after.attempts, KEY_COLUMNS.attempts);
  await writeChanges(db, run.runId, 'findings', before?.findings, after.findings, KEY_COLUMNS.findings);
  await writeChanges(db, run.runId, 'gates', before?.gates, after.gates, KEY_COLUMNS.gates);
  await writeChanges(db, run.runId, 'messages', before?.messages, after.messages, KEY_COLUMNS.messages);
  await writeChanges(db, run.runId, 'questions', before?.questions, after.questions, KEY_COLUMNS.questions);
}

async function writeChanges<Entity extends { readonly id: string }>(
  db: Queries,
  runId: string,
  table: keyof RunEntities,
  before: Readonly<Record<string, Entity>> = {},
  after: Readonly<Record<string, Entity>>,
  keyColumns: (entity: Entity) => KeyColumns,
): Promise<void> {
  if (before === after) return;
  const changed = Object.entries(after).filter(([id, entity]) => before[id] !== entity);
  const rows = changed.map(([id, entity]) => ({
    run_id: runId,
    id,
    data: encode(entity),
    ...keyColumns(entity),
  }));
  for (const chunk of chunks(rows)) await upsert(db, table, chunk);

  const removed = Object.keys(before).filter((id) => !Object.hasOwn(after, id));
  for (const ids of chunks(removed)) {
    await db.deleteFrom(table).where('run_id', '=', runId).where('id', 'in', ids).execute();
  }
}

/** In SQL, because the builder's types cannot follow one insert into all of the tables. */
async function upsert(db: Queries, table: keyof RunEntities, rows: readonly KeyColumns[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const updates = columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)}
    on conflict (run_id, id) do update set ${sql.join(updates)}`.execute(db);
}
