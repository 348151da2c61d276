import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { searchPath } from '../testing/make-launch.ts';
import { isRunning } from '../testing/process-group.ts';
import { endEscaped, findEscaped } from './escaped-processes.ts';

let count = 0;

/** Variables that no other test's processes have. */
function ownMark(): Readonly<Record<string, string>> {
  count += 1;
  return { TINA_ATTEMPT: 'r1-a1', TINA_HOME_ID: `escaped-${process.pid}-${count}` };
}

/** A process that leads a group of its own. */
function start(env: Readonly<Record<string, string>>, script = 'exec sleep 300'): number {
  const path = process.env['PATH'] ?? '/usr/bin:/bin';
  const child = spawn('sh', ['-c', script], { env: { PATH: path, ...env }, stdio: 'ignore', detached: true });
  const pid = child.pid ?? 0;
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return pid;
}

async function untilFound(env: Readonly<Record<string, string>>, pids: readonly number[]): Promise<void> {
  const isFound = (): boolean => {
    const found = findEscaped({ env, spareGroup: null });
    return pids.every((pid) => found.includes(pid));
  };
  await vi.waitUntil(isFound, { timeout: 8_000 });
}

it('G14 ends what carries the attempt’s variables, in whatever group and session', async () => {
  const env = ownMark();
  const pids = [start(env), start(env, 'setsid sleep 300 & exec sleep 300')];
  await untilFound(env, pids);
  await endEscaped({ env, spareGroup: null });
  expect(findEscaped({ env, spareGroup: null })).toEqual([]);
});

it('G14 kills what does not heed SIGTERM', async () => {
  const env = ownMark();
  const pid = start(env, `trap '' TERM; while :; do sleep 300; done`);
  await untilFound(env, [pid]);
  await endEscaped({ env, spareGroup: null });
  expect(findEscaped({ env, spareGroup: null })).toEqual([]);
});

it('G11 leaves another attempt alone, and one of another home', async () => {
  const env = ownMark();
  const others = [{ ...env, TINA_ATTEMPT: 'r1-a10' }, { ...env, TINA_HOME_ID: 'another' }, {}].map((other) =>
    start(other),
  );
  const own = start(env);
  await untilFound(env, [own]);
  await endEscaped({ env, spareGroup: null });
  expect(others.map(isRunning)).toEqual([true, true, true]);
});

it('spares the agent program that goes on, and its servers of tools', async () => {
  const env = ownMark();
  const [agent, server, escaped] = [start(env), start({ ...env, TINA_TOOL_SERVER: '1' }), start(env)];
  await untilFound(env, [agent, server, escaped]);
  await endEscaped({ env, spareGroup: agent });
  expect(new Set(findEscaped({ env, spareGroup: null }))).toEqual(new Set([agent, server]));
  await endEscaped({ env, spareGroup: null });
  expect(findEscaped({ env, spareGroup: null })).toEqual([]);
});

it('G11 ends nothing when it is not told whose processes are meant', () => {
  for (const env of [{}, { TINA_ATTEMPT: 'r1-a1' }, { TINA_ATTEMPT: '', TINA_HOME_ID: '' }])
    expect(findEscaped({ env, spareGroup: null })).toEqual([]);
});

it('spares this process and those it descends from', async () => {
  const env = ownMark();
  const module = new URL('escaped-processes.ts', import.meta.url).href;
  const script = `
    const { endEscaped, findEscaped } = await import('${module}');
    const escape = { env: process.env, spareGroup: null };
    await endEscaped(escape);
    console.log('left: ' + findEscaped(escape).length);
  `;
  const shell = `sleep 300 & "$0" --input-type=module -e "$1"; echo here`;
  const child = spawn('sh', ['-c', shell, process.execPath, script], {
    env: { PATH: searchPath(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(await text(child.stdout)).toBe('left: 0\nhere\n');
});
