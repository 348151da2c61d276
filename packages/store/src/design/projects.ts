import type { Queries } from '../sql-context.ts';
import type { Project } from '../records.ts';

/** The project of that repository: the one given, or the one that was there before. */
export async function saveProject(db: Queries, project: Project): Promise<Project> {
  await db
    .insertInto('projects')
    .values({ id: project.id, repository: project.repository, created_at: project.createdAt })
    .onConflict((conflict) => conflict.column('repository').doNothing())
    .execute();
  return (await findProject(db, project.repository)) ?? project;
}

export async function findProject(db: Queries, repository: string): Promise<Project | null> {
  const row = await db
    .selectFrom('projects')
    .select(['id', 'repository', 'created_at as createdAt'])
    .where('repository', '=', repository)
    .executeTakeFirst();
  return row ?? null;
}
