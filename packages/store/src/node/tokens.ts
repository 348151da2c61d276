import type { Queries } from '../sql-context.ts';
import type { AgentToken } from '../records.ts';

export async function insertToken(db: Queries, token: AgentToken): Promise<void> {
  await db
    .insertInto('tokens')
    .values({
      secret_hash: token.secretHash,
      run_id: token.runId,
      attempt_id: token.attemptId,
      epoch: token.epoch,
      created_at: token.createdAt,
    })
    .execute();
}

export async function findToken(db: Queries, secretHash: string): Promise<AgentToken | null> {
  const row = await db
    .selectFrom('tokens')
    .select([
      'secret_hash as secretHash',
      'run_id as runId',
      'attempt_id as attemptId',
      'epoch',
      'created_at as createdAt',
    ])
    .where('secret_hash', '=', secretHash)
    .executeTakeFirst();
  return row ?? null;
}
