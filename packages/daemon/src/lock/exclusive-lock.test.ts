import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { readProcessIdentity } from '../process/process-identity.ts';
import { acquireLock, lockHolder } from './exclusive-lock.ts';
import type { Lock } from './exclusive-lock.ts';

let folder: string;
let path: string;
let holders: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tina-lock-'));
  path = join(folder, 'daemon.lock');
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) await kill(holder);
  await rm(folder, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Another process that takes the lock and stays. */
async function holdElsewhere(): Promise<ChildProcess> {
  const script = `
    const { acquireLock } = await import(process.argv[1]);
    console.log((await acquireLock(process.argv[2])).kind);
    setInterval(() => {}, 1000);`;
  const module = join(import.meta.dirname, 'exclusive-lock.ts');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(child);
  const answer = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(answer[0])).toBe('acquired\n');
  return child;
}

const acquire = async (): Promise<Lock> => {
  const result = await acquireLock(path);
  expect(result.kind).toBe('acquired');
  return result as Lock;
};

describe('an exclusive lock', () => {
  it('is held by one, and says by whom', async () => {
    const lock = await acquire();
    expect(await acquireLock(path)).toEqual({ kind: 'held', heldBy: await readProcessIdentity(process.pid) });
    await lock.release();
    await (await acquire()).release();
  });

  it('can be released twice, which does not release the next one', async () => {
    const first = await acquire();
    await first.release();
    const second = await acquire();
    await first.release();
    expect((await acquireLock(path)).kind).toBe('held');
    await second.release();
  });

  it('is one for all processes', async () => {
    const holder = await holdElsewhere();
    const heldBy = await readProcessIdentity(holder.pid ?? 0);
    expect(await acquireLock(path)).toEqual({ kind: 'held', heldBy });
    expect(await lockHolder(path)).toEqual(heldBy);
    await kill(holder);
    expect(await lockHolder(path)).toBeNull();
  });

  it('G13 is free as soon as its holder was killed', async () => {
    await kill(await holdElsewhere());
    const lock = await acquire();
    expect(JSON.parse(await readFile(`${path}.json`, 'utf8'))).toEqual(
      await readProcessIdentity(process.pid),
    );
    await lock.release();
  });

  it('G11 does not say that somebody holds it who is gone', async () => {
    await kill(await holdElsewhere());
    const left = await readFile(`${path}.json`, 'utf8');
    await holdElsewhere();
    for (const description of [left, 'half a descr', null]) {
      await (description === null ? rm(`${path}.json`) : writeFile(`${path}.json`, description));
      expect(await acquireLock(path)).toEqual({ kind: 'held', heldBy: null });
    }
  });

  it('lets one of many win', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => acquireLock(path)));
    const winners = results.filter((result) => result.kind === 'acquired');
    expect(winners).toHaveLength(1);
    await winners[0]?.release();
  });

  it('leaves only the empty file', async () => {
    await (await acquire()).release();
    expect(await readdir(folder)).toEqual(['daemon.lock']);
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('throws where no file can be made, instead of saying that it is held', async () => {
    await expect(acquireLock(join(folder, 'missing', 'daemon.lock'))).rejects.toThrow('unable to open');
    await writeFile(path, 'this is not a database, but something else that somebody needs'.repeat(20));
    await expect(acquireLock(path)).rejects.toThrow('not a database');
  });

  it('is given back when its holder cannot be described', async () => {
    vi.spyOn(JSON, 'stringify').mockImplementationOnce(() => {
      throw new Error('no room');
    });
    await expect(acquireLock(path)).rejects.toThrow('no room');
    await (await acquire()).release();
  });
});
