import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { TOY_MODEL } from '../contract-suite/toy-model.ts';
import { fold, startRun } from '../contract-suite/toy-run.ts';
import { openSqliteStore } from '../open-sqlite-store.ts';
import type { Store } from '../store.ts';

const WRITER = fileURLToPath(new URL('./writer-process/main.ts', import.meta.url));
const EVENTS_PER_COMMIT = 3;

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tina-store-'));
  path = join(folder, 'tina.db');
  return () => rmSync(folder, { recursive: true });
});

function startWriter(runId: string, commits: number): ChildProcess {
  return spawn(process.execPath, [WRITER, path, runId, String(commits)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a writer printed, and how it ended. */
async function ended(writer: ChildProcess): Promise<{ revisions: readonly number[]; problem: string }> {
  const output = { stdout: '', stderr: '' };
  writer.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  writer.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  await once(writer, 'close');
  return { revisions: output.stdout.split('\n').filter(Boolean).map(Number), problem: output.stderr };
}

async function openStore(): Promise<Store> {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  onTestFinished(() => store.close());
  return store;
}

/** Events, rows and jobs tell the same, and every commit is there whole. */
async function expectWhole(store: Store, runId: string, acknowledged: number): Promise<void> {
  expect(await store.checkIntegrity()).toEqual([]);
  const events = await store.readEvents({ runId, after: 0, limit: 1_000_000 });
  const folded = fold(null, events);
  expect(folded.revision).toBeGreaterThanOrEqual(acknowledged);
  expect(await store.loadRun(runId)).toEqual(folded);
  expect(await store.loadRows(runId)).toEqual(folded);
  const commits = (folded.revision - 1) / EVENTS_PER_COMMIT;
  expect(Object.keys(folded.tasks)).toHaveLength(commits);
  expect(await store.listJobs({ runId })).toHaveLength(commits);
}

test('G01 four processes that write to one run lose no update and never find the store busy', async () => {
  const store = await openStore();
  const run = await startRun(store);
  const writers = await Promise.all([1, 2, 3, 4].map(() => ended(startWriter(run.id, 60))));

  expect(writers.map(({ problem }) => problem)).toEqual(['', '', '', '']);
  const revisions = writers.flatMap((writer) => writer.revisions).toSorted((a, b) => a - b);
  expect(revisions).toEqual(Array.from({ length: 240 }, (_, index) => 1 + (index + 1) * EVENTS_PER_COMMIT));
  await expectWhole(store, run.id, 1 + 240 * EVENTS_PER_COMMIT);
}, 60_000);

test('G01 processes that make the store at the same time all find it', async () => {
  const writers = await Promise.all([1, 2, 3, 4, 5].map((id) => ended(startWriter(`run-${id}`, 3))));

  expect(writers.map(({ problem }) => problem)).toEqual(['', '', '', '', '']);
  const store = await openStore();
  for (const id of [1, 2, 3, 4, 5]) await expectWhole(store, `run-${id}`, 10);
}, 60_000);

test('G01 G02 a writer that is killed in the middle of a commit leaves the store whole', async () => {
  for (const acknowledged of [1, 2, 5, 11, 30, 90]) {
    const writer = startWriter('run', 1_000_000);
    let last = 0;
    let seen = 0;
    const lines = createInterface({ input: writer.stdout ?? process.stdin });
    lines.on('line', (line) => {
      last = Number(line);
      seen += 1;
      if (seen === acknowledged) writer.kill('SIGKILL');
    });
    const [, signal] = await once(writer, 'close');
    expect(signal).toBe('SIGKILL');

    const store = await openSqliteStore({ path, model: TOY_MODEL });
    await expectWhole(store, 'run', last);
    await store.close();
  }
}, 60_000);

test('G31 a folder that cannot be written is refused with what to do', () => {
  const readOnly = join(folder, 'read-only');
  mkdirSync(readOnly);
  chmodSync(readOnly, 0o555);
  chmodSync(folder, 0o755);
  // Root may write anywhere, so the writer is somebody else then.
  const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const writer = spawnSync(process.execPath, [WRITER, join(readOnly, 'tina.db'), 'run', '1'], somebody);

  expect(String(writer.stderr)).toBe('store_read_only');
});

test('G31 a full disk is told as one, and what was committed before is whole', async ({ skip }) => {
  const unshare = 'unshare --map-root-user --mount';
  skip(spawnSync('sh', ['-c', `${unshare} true`]).status !== 0, 'needs unshare, to mount a small disk');
  const mount = join(folder, 'mount');
  mkdirSync(mount);
  // The small disk is gone with the process, so the store is copied out of it.
  const fill = `mount -t tmpfs -o size=3m none ${mount}; ${process.execPath} ${WRITER} ${mount}/tina.db run 1000`;
  const writer = spawnSync('sh', ['-c', `${unshare} sh -c '${fill}; cp ${mount}/tina.db* ${folder}'`]);

  expect(String(writer.stderr)).toBe('disk_full');
  const revisions = String(writer.stdout).split('\n').filter(Boolean).map(Number);
  expect(revisions.length).toBeGreaterThan(5);
  await expectWhole(await openStore(), 'run', revisions.at(-1) ?? 0);
});
