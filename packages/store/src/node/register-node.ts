import { sql } from 'kysely';
import type { Queries, SqlContext } from '../sql-context.ts';
import type { NodeRegistration } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';
import { requeueJobs } from './requeue-jobs.ts';

/**
 * A new incarnation of a node: the jobs of earlier ones go back to the queue. Their agents may well live on, so the
 * attempts' leases stay and get one whole period in which the new daemon can adopt them.
 */
export function registerNode(
  context: SqlContext,
  node: { readonly id: string; readonly name: string },
): Promise<NodeRegistration> {
  return writeTransaction(context.db, async (transaction) => {
    const now = await context.now(transaction);
    const registration = await transaction
      .insertInto('nodes')
      .values({ id: node.id, name: node.name, incarnation: 1, registered_at: now })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ name: node.name, incarnation: sql`nodes.incarnation + 1`, registered_at: now }),
      )
      .returning('incarnation')
      .executeTakeFirstOrThrow();
    const claimed = await transaction
      .selectFrom('jobs')
      .select('id')
      .where('node_id', '=', node.id)
      .where('status', '=', 'claimed')
      .execute();
    await requeueJobs(transaction, claimed);
    await transaction
      .updateTable('leases')
      .set({ lease_ends_at: sql`${now} + lease_duration_ms` })
      .where('node_id', '=', node.id)
      .execute();
    return registration;
  });
}

/** Whether it is the node's present incarnation: an earlier one may change nothing any more (G10). */
export async function isPresent(db: Queries, nodeId: string, incarnation: number): Promise<boolean> {
  const row = await db.selectFrom('nodes').select('incarnation').where('id', '=', nodeId).executeTakeFirst();
  return row?.incarnation === incarnation;
}
