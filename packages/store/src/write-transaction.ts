import type { Queries } from './sql-context.ts';

/** Runs `work` in one transaction. Its result is kept when `keeps` says so; else, and after an error, nothing is. */
export async function writeTransaction<Result>(
  db: Queries,
  work: (transaction: Queries) => Promise<Result>,
  keeps: (result: Result) => boolean = () => true,
): Promise<Result> {
  const transaction = await db.startTransaction().execute();
  try {
    const result = await work(transaction);
    await (keeps(result) ? transaction.commit() : transaction.rollback()).execute();
    return result;
  } catch (error) {
    if (!transaction.isRolledBack) await transaction.rollback().execute();
    throw error;
  }
}
