import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { gitProcessesUsing } from './git-processes.ts';
import { tempRepository, writeFiles } from './testing/temp-repository.ts';

async function start(name: string, cwd: string, args: readonly string[], file?: string): Promise<number> {
  const child = spawn('sh', ['-c', 'echo ready; read -r line', ...args], {
    argv0: name,
    cwd,
    stdio: ['pipe', 'pipe', file === undefined ? 'ignore' : openSync(file, 'a')],
  });
  onTestFinished(() => {
    child.kill();
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child.pid ?? 0;
}

test('git is at work where it stands, what it was told and what it holds open; other programs are not git', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'only Linux says what other processes do');
  const { folder, root, slots } = tempRepository();
  writeFiles(slots, { 'slot/file': '', 'slot-2/file': '' });
  const slot = join(slots, 'slot');
  const standing = await start('git', slot, []);
  const told = await start('/usr/bin/git', folder, ['worktree', slot]);
  const holding = await start('git-lfs', root, [], join(slot, 'file'));
  await start('sh', slot, [slot], join(slot, 'file'));
  await start('git', join(slots, 'slot-2'), []);
  expect(new Set(await gitProcessesUsing([slot]))).toEqual(new Set([standing, told, holding]));
});
