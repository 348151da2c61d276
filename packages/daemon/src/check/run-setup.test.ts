import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runSetup } from './run-setup.ts';
import type { RunSetup, SetupResult } from './run-setup.ts';

let folder: string;
let slot: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tina-setup-'));
  slot = join(folder, 'slot');
  await mkdir(slot);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const setup = (command: string, more: Partial<RunSetup> = {}): Promise<SetupResult> =>
  runSetup({
    command,
    cwd: slot,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    outputPath: join(folder, 'setup.log'),
    timeoutMs: 10_000,
    stampPath: join(folder, 'stamps', 'slot-1.json'),
    ...more,
  });

const count = async (): Promise<number> => (await readFile(join(slot, 'count'), 'utf8')).length;
const COUNT = 'printf x >> count';

describe('the set-up of a slot', () => {
  it('runs once', async () => {
    expect(await setup(COUNT)).toMatchObject({ kind: 'ok', ran: true });
    expect(await setup(COUNT)).toMatchObject({ kind: 'ok', ran: false });
    expect(await count()).toBe(1);
    expect(await readdir(join(folder, 'stamps'))).toEqual(['slot-1.json']);
  });

  it('runs again when the command has changed', async () => {
    await setup(COUNT);
    expect(await setup(`${COUNT}; true`)).toMatchObject({ kind: 'ok', ran: true });
    expect(await setup(COUNT)).toMatchObject({ kind: 'ok', ran: true });
    expect(await count()).toBe(3);
  });

  it('runs again when the slot was made anew', async () => {
    await setup(COUNT);
    await rm(slot, { recursive: true });
    // Something else takes the number that the folder had.
    await mkdir(join(folder, 'other'));
    await mkdir(slot);
    expect(await setup(COUNT)).toMatchObject({ kind: 'ok', ran: true });
  });

  it('fails with exit code, output and the place of the output, and runs again the next time', async () => {
    const failed = await setup(`${COUNT}; echo no space; exit 4`);
    expect(failed).toMatchObject({
      kind: 'failed',
      reason: 'exit code 4',
      exitCode: 4,
      outputTail: 'no space\n',
      outputPath: join(folder, 'setup.log'),
    });
    await setup(`${COUNT}; echo no space; exit 4`);
    expect(await count()).toBe(2);
  });

  it('forgets an earlier success when another command was begun and failed', async () => {
    await setup(COUNT);
    await setup('exit 1');
    expect(await setup(COUNT)).toMatchObject({ kind: 'ok', ran: true });
  });

  it.each([
    ['sleep 60', { timeoutMs: 100 }, 'not done after 0.1 s'],
    ['kill -KILL $$', {}, 'ended by SIGKILL'],
    ['a\0b', {}, 'could not be started'],
  ])('says why it failed: %j', async (command, more, reason) => {
    const failed = await setup(command, more);
    expect(failed).toMatchObject({ kind: 'failed', exitCode: null, reason: expect.stringContaining(reason) });
  });

  it('is not noted as done when it is called off', async () => {
    const reason = new Error('the daemon stops');
    await expect(setup(COUNT, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await setup(COUNT)).toMatchObject({ kind: 'ok', ran: true });
  });

  it('fails when its folder is missing', async () => {
    expect(await setup('true', { cwd: join(folder, 'missing') })).toMatchObject({
      kind: 'failed',
      exitCode: null,
    });
  });
});
