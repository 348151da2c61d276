import type { Queries } from '../sql-context.ts';
import type { Document } from '../records.ts';

/** A document is named by its content, so one that is there already is the same. */
export async function saveDocument(db: Queries, document: Document): Promise<void> {
  await db
    .insertInto('documents')
    .values({ hash: document.hash, text: document.text })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

export async function readDocument(db: Queries, hash: string): Promise<string | null> {
  const row = await db.selectFrom('documents').select('text').where('hash', '=', hash).executeTakeFirst();
  return row?.text ?? null;
}
