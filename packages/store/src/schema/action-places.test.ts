import Sqlite from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { readActions } from '../commit/read-actions.ts';
import { ImmediateDialect } from '../sqlite/immediate-dialect.ts';
import { initialSchema } from './initial-schema.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

test('G28 a store of schema version 1 keeps its control actions, each placed among the events by its time', async () => {
  const db = new Kysely<Tables>({ dialect: new ImmediateDialect(new Sqlite(':memory:'), ':memory:') });
  onTestFinished(() => db.destroy());
  await initialSchema(db);
  await sql`create table schema_version (version integer not null) strict`.execute(db);
  await sql`insert into schema_version values (1)`.execute(db);
  await sql`pragma foreign_keys = off`.execute(db);
  for (const [number, at] of [
    [1, 10],
    [2, 10],
    [3, 30],
  ]) {
    await sql`insert into events (run_id, number, type, at, data) values ('r1', ${number}, 'x', ${at}, '{}')`.execute(
      db,
    );
  }
  for (const [id, run, at] of [
    ['late', 'r1', 31],
    ['first', 'r1', 10],
    ['nobody', null, 20],
    ['second', 'r1', 30],
  ]) {
    await sql`insert into actions (id, idempotency_key, run_id, kind, requested_by, payload, outcome, answer, requested_at)
      values (${id}, ${id}, ${run}, 'run.pause', 'ada', '{}', 'done', '{}', ${at})`.execute(db);
  }

  await migrate(db, 'it');

  const actions = await readActions(db, { runId: null, after: 0, fromEvent: 0, limit: 10 });
  expect(actions.map((each) => [each.sequence, each.id, each.afterEvent, each.lastEvent])).toEqual([
    [1, 'first', 0, 0],
    [2, 'nobody', null, null],
    [3, 'second', 2, 2],
    [4, 'late', 3, 3],
  ]);
});
