import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { foreign, NEWEST_SCHEMA, tooNew } from '../schema/migrate.ts';
import { networkFileSystem } from '../sqlite/network-file-system.ts';
import { onNetwork } from '../sqlite/open-database.ts';
import { translating } from '../sqlite/translate-error.ts';

/** A run that has not ended, with what of it must be on the machine. */
export interface InspectedRun {
  readonly id: string;
  readonly repository: string;
  readonly branch: string;
  /** Where the run left its branch; null before it made it. */
  readonly tip: string | null;
  /** The worktrees of its attempts at work. */
  readonly worktrees: readonly string[];
}

export interface StoreInspection {
  readonly schemaVersion: number;
  /** What SQLite itself finds wrong with the file; empty when it is whole. */
  readonly damage: readonly string[];
  /** When the newest event was written, in milliseconds since the epoch; null without any. */
  readonly newestEventAt: number | null;
  /** The node whose daemon was the last to begin; null before the first. */
  readonly newestNodeId: string | null;
  readonly activeRuns: readonly InspectedRun[];
}

/** As long as a doctor may take; a commit takes a millisecond. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * Looks at a store without changing it, also while a daemon has it open. Null when there is none yet, or an empty one.
 *
 * @throws StoreError `network_file_system`, `store_corrupt`, `store_too_new`, `store_foreign`,
 *   `store_busy`, `store_read_only`, `store_failed`
 */
export function inspectStore(path: string): StoreInspection | null {
  return translating(path, () => {
    const network = networkFileSystem(statfsSync(dirname(path)).type);
    if (network !== null) throw onNetwork(path, network);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return null;
    const sqlite = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS, readonly: true, fileMustExist: true });
    try {
      return inspect(sqlite, path);
    } finally {
      sqlite.close();
    }
  });
}

function inspect(sqlite: Sqlite, path: string): StoreInspection | null {
  const tables = all<{ name: string }>(sqlite, `select name from sqlite_schema where type = 'table'`);
  if (tables.length === 0) return null;
  if (!tables.some(({ name }) => name === 'schema_version')) throw foreign(path);
  const [row] = all<{ version: number }>(sqlite, 'select version from schema_version');
  const schemaVersion = row?.version ?? 0;
  if (schemaVersion > NEWEST_SCHEMA) throw tooNew(path, schemaVersion);
  const findings = all<{ quick_check: string }>(sqlite, 'pragma quick_check').map((each) => each.quick_check);
  const damage = findings.filter((text) => text !== 'ok');
  if (damage.length > 0)
    return { schemaVersion, damage, newestEventAt: null, newestNodeId: null, activeRuns: [] };
  const [newest] = all<{ at: number }>(sqlite, 'select at from events order by sequence desc limit 1');
  const [node] = all<{ id: string }>(sqlite, 'select id from nodes order by registered_at desc limit 1');
  return {
    schemaVersion,
    damage,
    newestEventAt: newest?.at ?? null,
    newestNodeId: node?.id ?? null,
    activeRuns: activeRuns(sqlite),
  };
}

function activeRuns(sqlite: Sqlite): readonly InspectedRun[] {
  const runs = all<Omit<InspectedRun, 'worktrees'>>(
    sqlite,
    `select id, repository, branch, json_extract(data, '$.tip') as tip from runs
      where ended_at is null and json_valid(data) order by created_at`,
  );
  const folders = all<{ run_id: string; path: string }>(
    sqlite,
    `select run_id, json_extract(data, '$.workingDirectory') as path from attempts
      where json_valid(data) and status in ('running', 'parked')
        and json_extract(data, '$.workingDirectory') is not null`,
  );
  return runs.map((run) => ({
    ...run,
    worktrees: folders.filter(({ run_id: id }) => id === run.id).map(({ path }) => path),
  }));
}

function all<Row>(sqlite: Sqlite, sql: string): readonly Row[] {
  return sqlite.prepare(sql).all([]) as readonly Row[];
}
