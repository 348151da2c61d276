import type { JobKind } from '@tina/domain';
import type { Queries } from '../sql-context.ts';
import type { RunAudit } from './audit.ts';
import { findWrongCopies } from './wrong-copies.ts';

/** What stands beside the state of a run, all of one moment. */
export function auditRun(db: Queries, runId: string): Promise<RunAudit | null> {
  return db
    .transaction()
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const run = await transaction
        .selectFrom('runs')
        .select('revision')
        .where('id', '=', runId)
        .executeTakeFirst();
      if (run === undefined) return null;
      return {
        revision: run.revision,
        wrongCopies: await findWrongCopies(transaction, runId),
        ...(await readBeside(transaction, runId)),
      };
    });
}

async function readBeside(db: Queries, runId: string): Promise<Omit<RunAudit, 'revision' | 'wrongCopies'>> {
  const jobs = await db
    .selectFrom('jobs')
    .select(['id', 'kind'])
    .where('run_id', '=', runId)
    .where('status', 'in', ['queued', 'claimed'])
    .execute();
  const timers = await db
    .selectFrom('timers')
    .select(['id', 'run_id as runId', 'task_id as taskId', 'attempt_id as attemptId', 'due_at as dueAt'])
    .where('run_id', '=', runId)
    .execute();
  const leases = await db
    .selectFrom('leases')
    .select('attempt_id as id')
    .where('run_id', '=', runId)
    .execute();
  const tokens = await db
    .selectFrom('tokens')
    .select('attempt_id as id')
    .distinct()
    .where('run_id', '=', runId)
    .execute();
  const idOf = ({ id }: { readonly id: string }): string => id;
  return {
    openJobs: jobs.map(({ id, kind }) => ({ id, kind: kind as JobKind })),
    timers,
    leases: leases.map(idOf),
    tokens: tokens.map(idOf),
  };
}
