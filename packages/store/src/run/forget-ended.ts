import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { chunks } from '../commit/chunks.ts';
import type { Tables } from '../schema/tables.ts';
import type { Queries, SqlContext } from '../sql-context.ts';
import type { EndedRuns, Forgotten } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';

/** Removes settled jobs and tokens of ended runs; ids of jobs come from the run's own counter, which goes on growing. */
export function forgetEnded(context: SqlContext, which: EndedRuns): Promise<Forgotten> {
  return writeTransaction(context.db, async (db) => {
    if ('endedBefore' in which) return forget(db, (run) => run('ended_at', '<', which.endedBefore));
    let forgotten: Forgotten = { jobs: 0, tokens: 0 };
    for (const ids of chunks(which.runIds)) {
      const { jobs, tokens } = await forget(db, (run) => run('id', 'in', ids));
      forgotten = { jobs: forgotten.jobs + jobs, tokens: forgotten.tokens + tokens };
    }
    return forgotten;
  });
}

type OfRuns = (run: ExpressionBuilder<Tables, 'runs'>) => Expression<SqlBool>;

async function forget(db: Queries, ofRuns: OfRuns): Promise<Forgotten> {
  const ended = db.selectFrom('runs').select('id').where('ended_at', 'is not', null).where(ofRuns);
  const jobs = await db
    .deleteFrom('jobs')
    .where('status', 'in', ['done', 'withdrawn'])
    .where('run_id', 'in', ended)
    .executeTakeFirst();
  const tokens = await db.deleteFrom('tokens').where('run_id', 'in', ended).executeTakeFirst();
  return { jobs: Number(jobs.numDeletedRows), tokens: Number(tokens.numDeletedRows) };
}
