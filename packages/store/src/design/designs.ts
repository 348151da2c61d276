import type { Queries } from '../sql-context.ts';
import type { DesignRevision, NewDesign, SavedDesign } from '../records.ts';
import { writeTransaction } from '../write-transaction.ts';

/** The design of that path, with the revision of that text; each is made where it is not there yet. */
export function saveDesign(db: Queries, design: NewDesign): Promise<SavedDesign> {
  return writeTransaction(db, async (transaction) => {
    await transaction
      .insertInto('designs')
      .values({
        id: design.id,
        project_id: design.projectId,
        path: design.path,
        created_at: design.createdAt,
      })
      .onConflict((conflict) => conflict.columns(['project_id', 'path']).doNothing())
      .execute();
    const { id: designId } = await transaction
      .selectFrom('designs')
      .select('id')
      .where('project_id', '=', design.projectId)
      .where('path', '=', design.path)
      .executeTakeFirstOrThrow();
    const { revisionId: id, hash, text, createdAt } = design;
    await transaction
      .insertInto('design_revisions')
      .values({ id, design_id: designId, hash, text, created_at: createdAt })
      .onConflict((conflict) => conflict.columns(['design_id', 'hash']).doNothing())
      .execute();
    const revision = await transaction
      .selectFrom('design_revisions')
      .select('id')
      .where('design_id', '=', designId)
      .where('hash', '=', hash)
      .executeTakeFirstOrThrow();
    return { designId, revisionId: revision.id };
  });
}

/** The design of a project that lies at the path; null when it was never saved. */
export async function findDesign(db: Queries, projectId: string, path: string): Promise<string | null> {
  const row = await db
    .selectFrom('designs')
    .select('id')
    .where('project_id', '=', projectId)
    .where('path', '=', path)
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function readDesignRevision(db: Queries, revisionId: string): Promise<DesignRevision | null> {
  const row = await db
    .selectFrom('design_revisions')
    .innerJoin('designs', 'designs.id', 'design_revisions.design_id')
    .select([
      'design_revisions.id',
      'designs.id as designId',
      'designs.path',
      'design_revisions.hash',
      'design_revisions.text',
      'design_revisions.created_at as createdAt',
    ])
    .where('design_revisions.id', '=', revisionId)
    .executeTakeFirst();
  return row ?? null;
}
