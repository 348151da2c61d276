import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { gitProcessesUsing } from './git-processes.ts';
import { gitAt } from './run-git.ts';
import { tempRepository, writeScript } from './testing/temp-repository.ts';

test('questions of one moment have one process start, and each its own answer', async () => {
  const { root, folder, environment } = tempRepository();
  const other = tempRepository();
  const log = join(folder, 'parents');
  writeScript(join(folder, 'bin', 'git'), `echo $PPID >> '${log}'; PATH=\${PATH#*:}; exec git "$@"`);
  const watched = { ...environment, PATH: `${join(folder, 'bin')}:${environment['PATH']}` };
  const git = gitAt(root, { environment: watched });
  const strange = `it's "a\nb" $HOME \`id\` \\ *`;
  const [top, hash, failed, config, elsewhere] = await Promise.allSettled([
    git(['rev-parse', '--show-toplevel']),
    git(['hash-object', '--stdin'], { input: 'hello\n' }),
    git(['rev-parse', '--verify', 'nothing']),
    git(['-c', `user.strange=${strange}`, 'config', '-z', 'user.strange'], {
      env: { GIT_PAGER: `'${strange}` },
    }),
    gitAt(other.root, { environment: watched })(['rev-parse', '--show-toplevel']),
  ]);
  expect([top, hash, config, elsewhere]).toMatchObject([
    { value: { exitCode: 0, stdout: `${root}\n`, stderr: '' } },
    { value: { stdout: 'ce013625030ba8dba906f756967f9e9ca394464a\n' } },
    { value: { stdout: `${strange}\0` } },
    { value: { stdout: `${other.root}\n` } },
  ]);
  expect(failed).toMatchObject({
    reason: {
      code: 'git_failed',
      exitCode: 128,
      stderr: expect.stringContaining('Needed a single revision'),
    },
  });
  const parents = readFileSync(log, 'utf8').trim().split('\n');
  // The one with a variable more goes alone.
  expect(parents).toHaveLength(5);
  expect(new Set(parents).size).toBe(2);
});

test('a missing folder and a missing git are told apart, and others are not held up', async () => {
  const { root, environment } = tempRepository();
  const [gone, there] = await Promise.allSettled([
    gitAt(join(root, 'gone'), { environment })(['--version']),
    gitAt(root, { environment })(['--version']),
  ]);
  expect(gone).toMatchObject({ reason: { code: 'folder_missing' } });
  expect(there).toMatchObject({ status: 'fulfilled' });
  const empty = { environment: { PATH: join(root, 'empty') } };
  const asked = [gitAt(root, empty)(['--version']), gitAt(root, empty)(['--version'])];
  for (const each of await Promise.allSettled(asked)) {
    expect(each).toMatchObject({ reason: { code: 'git_missing' } });
  }
});

test('an abort ends all of them, begun or not', async () => {
  const { root, environment } = tempRepository();
  writeScript(join(root, '.git', 'waits.sh'), 'echo > .git/begun; exec sleep 600');
  const start = (signal: AbortSignal): Promise<PromiseSettledResult<unknown>[]> => {
    const git = gitAt(root, { environment, signal });
    return Promise.allSettled([1, 2].map(() => git(['-c', 'alias.w=!.git/waits.sh', 'w'])));
  };
  const reason = new Error('enough');
  const early = new AbortController();
  const never = start(early.signal);
  early.abort(reason);
  const late = new AbortController();
  const begun = start(late.signal);
  await vi.waitFor(() => expect(readFileSync(join(root, '.git', 'begun'), 'utf8')).toBe('\n'), 8_000);
  late.abort(reason);
  for (const each of [...(await never), ...(await begun)]) {
    expect(each).toMatchObject({ reason: { code: 'git_aborted', cause: reason } });
  }
  await vi.waitFor(async () => expect(await gitProcessesUsing([root])).toEqual([]), 8_000);
});

test('what says too much is ended', async () => {
  const { root, folder, environment } = tempRepository();
  writeScript(join(folder, 'bin', 'git'), '[ "$1" = log ] && exec cat /dev/zero; exit 0');
  const git = gitAt(root, {
    environment: { ...environment, PATH: `${join(folder, 'bin')}:${environment['PATH']}` },
  });
  const [endless] = await Promise.allSettled([git(['log']), git(['status'])]);
  expect(endless).toMatchObject({ reason: { code: 'git_output_too_large' } });
});
