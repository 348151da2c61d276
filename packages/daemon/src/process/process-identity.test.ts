import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { linuxProcessTable, parseStat } from './linux-process-table.ts';
import { isAlive, isSameProcess, readProcessIdentity } from './process-identity.ts';
import { psProcessTable } from './ps-process-table.ts';
import { systemProcessTable } from './system-process-table.ts';

const run = promisify(execFile);
const started: ChildProcess[] = [];

function start(script: string, env: Record<string, string> = {}): ChildProcess & { readonly pid: number } {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], env });
  started.push(child);
  if (child.pid === undefined) throw new Error('not started');
  return Object.assign(child, { pid: child.pid });
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

const tables = [
  { name: '/proc', table: linuxProcessTable },
  { name: 'ps', table: psProcessTable(process.platform) },
].filter(({ name }) => name === 'ps' || process.platform === 'linux');

describe.each(tables)('a process identity from $name', ({ table }) => {
  it('tells a running process from one that has ended', async () => {
    const child = start('exec sleep 60');
    const identity = await readProcessIdentity(child.pid, table);
    expect(identity).toMatchObject({ pid: child.pid });
    expect(await isAlive(identity!, table)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isAlive(identity!, table)).toBe(false);
    expect(await readProcessIdentity(child.pid, table)).toBeNull();
  });

  it('G11 does not take another process with the same pid for the one that was recorded', async () => {
    const earlier = { pid: process.pid, startTime: 'Thu Jan 1 00:00:00 1970' };
    expect(await isAlive(earlier, table)).toBe(false);
  });

  it('stays the same each time it is read', async () => {
    const one = await readProcessIdentity(process.pid, table);
    const other = await readProcessIdentity(process.pid, table);
    expect(one).toEqual(other);
  });

  it('counts a zombie as gone', async () => {
    // Once `sleep` has taken the place of the shell, nobody asks for the exit code of the child.
    const parent = start('sleep 60 & echo $!; exec sleep 61');
    const [output] = (await once(parent.stdout!, 'data')) as [Buffer];
    const zombie = Number(output.toString());
    await vi.waitFor(async () => {
      const { stdout } = await run('ps', ['-o', 'args=', '-p', String(parent.pid)]);
      expect(stdout.trim()).toBe('sleep 61');
    });
    process.kill(zombie, 'SIGKILL');
    await vi.waitFor(async () => expect((await table.read(zombie))?.isZombie).toBe(true), { timeout: 5_000 });
    expect(await readProcessIdentity(zombie, table)).toBeNull();
  });

  it('finds by environment, not by argument', async () => {
    const marker = { TINA_TEST: `t-${process.pid}.${table === linuxProcessTable ? 1 : 2}` };
    const words = `TINA_TEST=${marker.TINA_TEST}`;
    const marked = start('exec sleep 60', marker);
    start(`exec sleep 60 ${words}`);
    start(`exec sleep 60`, {
      TINA_TEST: `${marker.TINA_TEST}1`,
      ATINA_TEST: marker.TINA_TEST,
      OTHER: `x ${words}x`,
    });
    await vi.waitFor(async () => {
      const found = await table.find({ marker, groupIds: new Set(), notBefore: null });
      expect(found.map(({ pid }) => pid)).toEqual([marked.pid]);
    });
  });

  it("reads a variable of a process's environment, and not what an argument says", async () => {
    const child = start('exec sh -c "sleep 60; :" TINA_TEST=argument', {
      TINA_TEST_2: 'other',
      TINA_TEST: 'own',
    });
    await vi.waitFor(async () => expect(await table.readVariable(child.pid, 'TINA_TEST')).toBe('own'));
    expect(await table.readVariable(child.pid, 'TINA_TES')).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await table.readVariable(child.pid, 'TINA_TEST')).toBeNull();
  });

  it('finds the marker behind a very long variable', async () => {
    const marker = { TINA_TEST: `long-${process.pid}` };
    const child = start('exec sleep 60', { AAA: 'x'.repeat(100_000), ...marker });
    await vi.waitFor(async () => {
      const found = await table.find({ marker, groupIds: new Set(), notBefore: null });
      expect(found.map(({ pid }) => pid)).toEqual([child.pid]);
    });
  });

  it('does not look for the marker in what is older by far than the first that can carry it', async () => {
    const marker = { TINA_TEST: `age-${process.pid}.${table === linuxProcessTable ? 1 : 2}` };
    const child = start('exec sleep 60', marker);
    const entry = await vi.waitFor(
      async () => (await table.find({ marker, groupIds: new Set(), notBefore: null }))[0]!,
    );
    expect(entry.pid).toBe(child.pid);
    const pidsSince = async (notBefore: string): Promise<readonly number[]> =>
      (await table.find({ marker, groupIds: new Set(), notBefore })).map(({ pid }) => pid);
    expect(await pidsSince(entry.startTime)).toEqual([child.pid]);
    if (table !== linuxProcessTable) return;
    const [ticks, boot] = entry.startTime.split('@');
    const later = (seconds: number): string => `${Number(ticks) + seconds * 100}@${boot}`;
    expect(await pidsSince(later(50))).toEqual([child.pid]);
    expect(await pidsSince(later(70))).toEqual([]);
    expect(await pidsSince(`${Number(ticks) + 100_000}@another-boot`)).toEqual([child.pid]);
  });

  it('finds the members of a group', async () => {
    const own = await table.read(process.pid);
    const found = await table.find({
      marker: { TINA_TEST: 'nobody' },
      groupIds: new Set([own!.groupId]),
      notBefore: null,
    });
    expect(found).toContainEqual({ ...own, carriesMarker: false });
  });
});

describe('a process identity', () => {
  it('is compared without the boot when one side did not record it', () => {
    expect(isSameProcess({ pid: 7, startTime: '100' }, { pid: 7, startTime: '100@boot' })).toBe(true);
    expect(isSameProcess({ pid: 7, startTime: '101' }, { pid: 7, startTime: '100@boot' })).toBe(false);
    expect(isSameProcess({ pid: 8, startTime: '100@boot' }, { pid: 7, startTime: '100@boot' })).toBe(false);
  });

  it('does not outlive a boot', () => {
    expect(isSameProcess({ pid: 7, startTime: '100@one' }, { pid: 7, startTime: '100@two' })).toBe(false);
  });

  it('is read behind a name that looks like the fields after it', () => {
    const fields = Array.from({ length: 30 }, (_, index) => String(index + 100)).join(' ');
    expect(parseStat(`42 (a) Z 1 1 (b)) S 1 40 ${fields}`, 'boot')).toEqual({
      pid: 42,
      groupId: 40,
      startTime: '116@boot',
      isZombie: false,
    });
    expect(parseStat('', 'boot')).toBeNull();
  });

  it('comes from ps where there is no /proc', () => {
    expect(systemProcessTable('darwin')).not.toBe(linuxProcessTable);
    expect(systemProcessTable('linux')).toBe(linuxProcessTable);
  });
});
