import type { Kysely } from 'kysely';
import type { RunModel } from './run-model.ts';
import type { Tables } from './schema/tables.ts';

/** A database to query: the store's own connection, or a transaction on it. */
export type Queries = Kysely<Tables>;

/** What every operation of a SQL store works with, whichever database is behind it. */
export interface SqlContext {
  readonly db: Queries;
  readonly model: RunModel;
  /** The store's clock, asked within a transaction where there is one. */
  readonly now: (db: Queries) => Promise<number>;
}
