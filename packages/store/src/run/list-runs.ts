import type { Queries } from '../sql-context.ts';
import type { RunFilter, RunSummary } from './run-summary.ts';

/** Newest first. */
export async function listRuns(db: Queries, filter: RunFilter): Promise<readonly RunSummary[]> {
  let runs = db
    .selectFrom('runs')
    .select([
      'id',
      'project_id as projectId',
      'repository',
      'design_id as designId',
      'feature',
      'branch',
      'status',
      'revision',
      'created_at as createdAt',
      'ended_at as endedAt',
      'updated_at as updatedAt',
    ])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit);
  if (filter.projectId !== undefined) runs = runs.where('project_id', '=', filter.projectId);
  if (filter.designId !== undefined) runs = runs.where('design_id', '=', filter.designId);
  if (filter.feature !== undefined) runs = runs.where('feature', '=', filter.feature);
  if (filter.active === true) runs = runs.where('ended_at', 'is', null);
  return await runs.execute();
}

/** Null when there is no such run. */
export async function runRevision(db: Queries, runId: string): Promise<number | null> {
  const row = await db.selectFrom('runs').select('revision').where('id', '=', runId).executeTakeFirst();
  return row?.revision ?? null;
}
