import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { processActivity } from './process-activity.ts';

/** The ids of a process and all that belongs to it. */
function familyOf(pid: number): readonly number[] {
  const activity = processActivity(pid, 'linux') ?? '';
  return activity.split(' ').map((each) => Number(each.split(':')[0]));
}

function run(command: string, folder = '/'): number {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'ignore', cwd: folder });
  const pid = Number(child.pid);
  onTestFinished(() => {
    for (const each of familyOf(pid)) process.kill(each, 'SIGKILL');
  });
  return pid;
}

describe.each(['linux', 'darwin'] as const)('on %s', (platform) => {
  it('is the same as long as a process does nothing', async () => {
    const folder = temporaryFolder();
    const pid = run('touch ready; exec sleep 60', folder);
    await vi.waitUntil(() => existsSync(join(folder, 'ready')), { timeout: 8_000 });
    let [before, now] = ['', ''];
    const look = (): boolean => {
      [before, now] = [now, processActivity(pid, platform) ?? ''];
      return before === now;
    };
    await vi.waitUntil(look, { timeout: 8_000, interval: 100 });
    expect(now).toMatch(new RegExp(`^${pid}:\\S+$`));
  });

  it('G12 changes with the work of a descendant, also in a process group of its own', async () => {
    const pid = run('setsid sh -c "while :; do :; done" & wait');
    await vi.waitUntil(() => familyOf(pid).length === 2, { timeout: 8_000 });
    const before = processActivity(pid, platform);
    // Two seconds for a system that tells whole seconds.
    await vi.waitFor(() => expect(processActivity(pid, platform)).not.toBe(before), { timeout: 8_000 });
  });
});

it('is empty when the process is gone, and unknown where nobody tells', () => {
  expect(processActivity(2 ** 30)).toBe('');
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(processActivity(process.pid, 'darwin')).toBeNull();
});
