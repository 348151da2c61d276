import type { Queries } from '../sql-context.ts';
import type { Timer } from '../store.ts';

/** Due timers, the longest due first. They stay until a commit fires or clears them. */
export async function dueTimers(db: Queries, now: number, limit: number): Promise<readonly Timer[]> {
  return await db
    .selectFrom('timers')
    .select(['id', 'run_id as runId', 'task_id as taskId', 'attempt_id as attemptId', 'due_at as dueAt'])
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Null when none is set. */
export async function nextTimerAt(db: Queries): Promise<number | null> {
  const row = await db.selectFrom('timers').select('due_at').orderBy('due_at').limit(1).executeTakeFirst();
  return row?.due_at ?? null;
}
