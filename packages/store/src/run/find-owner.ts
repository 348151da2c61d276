import type { Queries } from '../sql-context.ts';
import type { EntityKind } from '../store.ts';

const TABLES = {
  task: 'tasks',
  attempt: 'attempts',
  gate: 'gates',
  finding: 'findings',
  message: 'messages',
  question: 'questions',
  job: 'jobs',
} as const;

/** Looks the id up; it is never taken apart (G04). */
export async function findOwner(db: Queries, kind: EntityKind | 'job', id: string): Promise<string | null> {
  const row = await db
    .selectFrom<(typeof TABLES)[keyof typeof TABLES]>(TABLES[kind])
    .select('run_id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.run_id ?? null;
}
