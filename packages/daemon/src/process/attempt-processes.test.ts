import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { attemptMarker, endAttemptProcesses, findAttemptProcesses } from './attempt-processes.ts';
import { endMarkedProcesses } from './marked-processes.ts';
import { isAlive, readProcessIdentity } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { ProcessTargetError } from './process-target-error.ts';
import { systemProcessTable } from './system-process-table.ts';

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

let mark: { readonly attemptId: string; readonly homeId: string };
let folder: string;
let strangers: ChildProcess[];

beforeEach(async () => {
  mark = { attemptId: `r-${randomUUID()}-a1`, homeId: randomUUID() };
  folder = await mkdtemp(join(tmpdir(), 'tina-processes-'));
  strangers = [];
});

afterEach(async () => {
  await endAttemptProcesses({ ...mark, processGroups: [], graceMs: 0 });
  for (const child of strangers) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

/** A shell in a session of its own. */
function launch(script: string, env: Record<string, string> = attemptMarker(mark)): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script], {
    stdio: 'ignore',
    detached: true,
    cwd: folder,
    env: { PATH, ...env },
  });
  strangers.push(child);
  return child;
}

/** One that stays long enough to be looked at. */
async function start(script: string, env?: Record<string, string>): Promise<ProcessIdentity> {
  const identity = await readProcessIdentity(launch(script, env).pid ?? 0);
  if (!identity) throw new Error('not started');
  return identity;
}

/** The pid that a script wrote to a file, once it did. */
async function writtenPid(name: string): Promise<ProcessIdentity> {
  return vi.waitFor(
    async () => {
      const text = await readFile(join(folder, name), 'utf8');
      expect(text).toMatch(/^\d+\n$/);
      const identity = await readProcessIdentity(Number(text));
      expect(identity).not.toBeNull();
      return identity!;
    },
    { timeout: 5_000 },
  );
}

const pidsOf = async (): Promise<readonly number[]> =>
  (await findAttemptProcesses(mark)).map(({ pid }) => pid).toSorted((one, other) => one - other);

describe('finding the processes of an attempt', () => {
  it('G11 finds exactly those of this attempt of this home', async () => {
    const ours = await start('exec sleep 60');
    await start('exec sleep 60', { ...attemptMarker(mark), TINA_ATTEMPT: `${mark.attemptId}2` });
    await start('exec sleep 60', { ...attemptMarker(mark), TINA_HOME_ID: randomUUID() });
    await start('exec sleep 60', { NOTE: `TINA_ATTEMPT=${mark.attemptId} TINA_HOME_ID=${mark.homeId}` });
    await vi.waitFor(async () => expect(await findAttemptProcesses(mark)).toEqual([ours]));
  });

  it.each(['', ' ', 'a b', 'a\0b', 'a\nb', '*'])('refuses %j as an attempt', async (attemptId) => {
    await expect(findAttemptProcesses({ ...mark, attemptId })).rejects.toThrow(ProcessTargetError);
    await expect(endAttemptProcesses({ ...mark, attemptId, processGroups: [], graceMs: 0 })).rejects.toThrow(
      ProcessTargetError,
    );
  });
});

describe('ending the processes of an attempt', () => {
  it('lets a process end by itself within the grace', async () => {
    const child = await start(
      `trap 'echo bye > bye; exit' TERM; echo $$ > ready; while :; do sleep 0.01; done`,
    );
    await writtenPid('ready');
    const { ended, survivors } = await endAttemptProcesses({
      ...mark,
      processGroups: [child],
      graceMs: 5_000,
    });
    expect(ended).toContain(child.pid);
    expect(survivors).toEqual([]);
    expect(await readFile(join(folder, 'bye'), 'utf8')).toBe('bye\n');
  });

  it('kills what ignores the request', async () => {
    const child = await start(`trap '' TERM HUP INT; echo $$ > ready; while :; do sleep 0.01; done`);
    await writtenPid('ready');
    await endAttemptProcesses({ ...mark, processGroups: [], graceMs: 50 });
    expect(await isAlive(child)).toBe(false);
    expect(await pidsOf()).toEqual([]);
  });

  it('kills a stopped process', async () => {
    const child = await start('echo $$ > ready; exec sleep 60');
    await writtenPid('ready');
    process.kill(child.pid, 'SIGSTOP');
    const { ended } = await endAttemptProcesses({ ...mark, processGroups: [child], graceMs: 20 });
    expect(ended).toEqual([child.pid]);
    expect(await isAlive(child)).toBe(false);
  });

  it('G14 catches a daemonised grandchild in a session of its own', async () => {
    const child = await start(
      `"$NODE" -e 'require("child_process").spawn("/bin/sh", ["-c", "echo $$ > grandchild; exec sleep 60"], {detached: true, stdio: "ignore"}).unref()'`,
      { ...attemptMarker(mark), NODE: process.execPath },
    );
    const grandchild = await writtenPid('grandchild');
    await vi.waitFor(async () => expect(await isAlive(child)).toBe(false), { timeout: 5_000 });
    const { ended } = await endAttemptProcesses({ ...mark, processGroups: [child], graceMs: 1_000 });
    expect(ended).toEqual([grandchild.pid]);
    expect(await isAlive(grandchild)).toBe(false);
  });

  it('G14 catches a chain of processes that start their successor and end', async () => {
    // Each link forks the next one and is gone after a few milliseconds; a SIGTERM is ignored.
    launch(`trap '' TERM; link() { echo $1 > chain; sleep 0.005; link $(($1 + 1)) & exit; }; link 1`);
    await vi.waitFor(async () =>
      expect(Number(await readFile(join(folder, 'chain'), 'utf8'))).toBeGreaterThan(2),
    );
    const { survivors } = await endAttemptProcesses({ ...mark, processGroups: [], graceMs: 30 });
    expect(survivors).toEqual([]);
    expect(await pidsOf()).toEqual([]);
  });

  it('catches many stragglers that fork while they are ended', async () => {
    await start(
      `for i in 1 2 3 4 5 6 7 8 9 10; do (trap '' TERM; while :; do sleep 0.01 & sleep 0.01; done) & done; echo $$ > ready; wait`,
    );
    await writtenPid('ready');
    const { survivors } = await endAttemptProcesses({ ...mark, processGroups: [], graceMs: 50 });
    expect(survivors).toEqual([]);
    expect(await pidsOf()).toEqual([]);
  });

  it('ends members of the group that have dropped the marker', async () => {
    const leader = await start(`env -i /bin/sh -c 'echo $$ > bare; exec /bin/sleep 60' & wait`);
    const bare = await writtenPid('bare');
    const { ended } = await endAttemptProcesses({ ...mark, processGroups: [leader], graceMs: 1_000 });
    expect(ended).toEqual([leader.pid, bare.pid].toSorted((one, other) => one - other));
  });

  it('G11 leaves a group alone whose number belongs to another process by now', async () => {
    const stranger = await start('exec sleep 60', {});
    const earlier = { pid: stranger.pid, startTime: '1@an-earlier-boot' };
    const { ended } = await endAttemptProcesses({ ...mark, processGroups: [earlier], graceMs: 0 });
    expect(ended).toEqual([]);
    expect(await isAlive(stranger)).toBe(true);
  });

  it('G11 leaves a group alone whose leader is gone, as far as its members are not marked', async () => {
    const leader = await start(`env -i /bin/sh -c 'echo $$ > bare; exec /bin/sleep 60' & wait`);
    const bare = await writtenPid('bare');
    process.kill(leader.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await isAlive(leader)).toBe(false));
    const { ended } = await endAttemptProcesses({ ...mark, processGroups: [leader], graceMs: 0 });
    expect(ended).toEqual([]);
    expect(await isAlive(bare)).toBe(true);
    process.kill(bare.pid, 'SIGKILL');
  });

  it('ends such a group when the caller has just seen its leader end', async () => {
    const leader = await start(`env -i /bin/sh -c 'echo $$ > bare; exec /bin/sleep 60' & wait`);
    const bare = await writtenPid('bare');
    process.kill(leader.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await isAlive(leader)).toBe(false));
    const group = { ...leader, hasJustEnded: true };
    const { ended } = await endAttemptProcesses({ ...mark, processGroups: [group], graceMs: 0 });
    expect(ended).toEqual([bare.pid]);
    expect(await isAlive(bare)).toBe(false);
  });

  it('does not touch the processes of another attempt', async () => {
    const other = await start('exec sleep 60', { ...attemptMarker(mark), TINA_ATTEMPT: 'another' });
    await start('exec sleep 60');
    await endAttemptProcesses({ ...mark, processGroups: [], graceMs: 1_000 });
    expect(await isAlive(other)).toBe(true);
  });

  it('says nothing was there when nothing is there', async () => {
    const gone = await start('exec sleep 60');
    process.kill(gone.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await isAlive(gone)).toBe(false));
    expect(await endAttemptProcesses({ ...mark, processGroups: [gone], graceMs: 1_000 })).toEqual({
      ended: [],
      survivors: [],
    });
  });

  it.each([0, 1, -1, 1.5, Number.NaN])('G11 refuses %d as a process group', async (pid) => {
    const processGroups = [{ pid, startTime: '1@boot' }];
    await expect(endAttemptProcesses({ ...mark, processGroups, graceMs: 0 })).rejects.toThrow(
      ProcessTargetError,
    );
  });

  it('G11 refuses a process group without a start time', async () => {
    const processGroups = [{ pid: 4_000_000, startTime: '' }];
    await expect(endAttemptProcesses({ ...mark, processGroups, graceMs: 0 })).rejects.toThrow(
      ProcessTargetError,
    );
  });

  it('refuses its own process group', async () => {
    const own = await systemProcessTable().read(process.pid);
    const groups = [
      { pid: process.pid, startTime: own!.startTime },
      { pid: own!.groupId, startTime: 'any' },
    ];
    for (const group of groups) {
      await expect(endAttemptProcesses({ ...mark, processGroups: [group], graceMs: 0 })).rejects.toThrow(
        ProcessTargetError,
      );
    }
  });

  it('never ends the process that asks, even when it carries the marker itself', async () => {
    const table = systemProcessTable();
    const own = { ...(await table.read(process.pid))!, carriesMarker: true };
    const selfFinding = { ...table, find: () => Promise.resolve([own]) };
    const ended = await endMarkedProcesses({
      marker: attemptMarker(mark),
      processGroups: [],
      graceMs: 0,
      table: selfFinding,
    });
    expect(ended).toEqual({ ended: [], survivors: [] });
  });

  it('tells of what could not be ended', async () => {
    const child = await start('exec sleep 60');
    const table = systemProcessTable();
    const stuck = { ...(await table.read(child.pid))!, carriesMarker: true };
    vi.spyOn(process, 'kill').mockReturnValue(true);
    // Five seconds are over after a few looks.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
    const ended = await endMarkedProcesses({
      marker: attemptMarker(mark),
      processGroups: [],
      graceMs: 0,
      table: { ...table, find: () => Promise.resolve([stuck]) },
    });
    vi.restoreAllMocks();
    expect(ended).toEqual({ ended: [], survivors: [child.pid] });
  });

  it('stops when it is told to', async () => {
    await start(`trap '' TERM; while :; do sleep 0.01; done`);
    const reason = new Error('the daemon stops');
    const controller = new AbortController();
    const ending = endAttemptProcesses({
      ...mark,
      processGroups: [],
      graceMs: 60_000,
      signal: controller.signal,
    });
    controller.abort(reason);
    await expect(ending).rejects.toBe(reason);
  });

  it('refuses a marker without variables', async () => {
    await expect(endMarkedProcesses({ marker: {}, processGroups: [], graceMs: 0 })).rejects.toThrow(
      ProcessTargetError,
    );
  });
});
