import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { GitError } from './git-error.ts';
import { gitAt, gitWithin } from './run-git.ts';
import { readIfThere, tempRepository, writeScript } from './testing/temp-repository.ts';

test('names of a repository that the caller carries in its environment do not reach git', async () => {
  const repository = tempRepository();
  const other = tempRepository();
  const environment = {
    ...repository.environment,
    GIT_DIR: join(other.root, '.git'),
    GIT_WORK_TREE: other.root,
    GIT_INDEX_FILE: join(other.root, 'index'),
    GIT_CONFIG_PARAMETERS: "'core.bare=true'",
  };
  const { stdout } = await gitAt(repository.root, { environment })(['rev-parse', '--show-toplevel']);
  expect(stdout.trim()).toBe(repository.root);
});

test('a refusal carries arguments, exit code and what git said', async () => {
  const { root, environment } = tempRepository();
  const failure = gitAt(root, { environment })(['rev-parse', '--verify', 'nothing']);
  await expect(failure).rejects.toThrow(GitError);
  await expect(failure).rejects.toMatchObject({
    code: 'git_failed',
    args: ['rev-parse', '--verify', 'nothing'],
    exitCode: 128,
    stderr: expect.stringContaining('Needed a single revision'),
  });
});

test('an exit code that is an answer is no failure', async () => {
  const { root, environment } = tempRepository();
  const { exitCode } = await gitAt(root, { environment })(['config', 'no.such'], { answers: [0, 1] });
  expect(exitCode).toBe(1);
});

test('a missing git and a missing folder are told apart', async () => {
  const { root, environment } = tempRepository();
  await expect(
    gitAt(root, { environment: { PATH: join(root, 'empty') } })(['--version']),
  ).rejects.toMatchObject({
    code: 'git_missing',
    message: expect.stringContaining('Install git'),
  });
  await expect(gitAt(join(root, 'gone'), { environment })(['--version'])).rejects.toMatchObject({
    code: 'folder_missing',
  });
});

test('a repository around a folder does not answer for it', async () => {
  const { root, environment } = tempRepository();
  const folder = join(root, 'folder');
  mkdirSync(folder);
  await expect(gitAt(folder, { environment })(['rev-parse', '--git-dir'])).rejects.toMatchObject({
    exitCode: 128,
  });
  await expect(gitWithin(folder, { environment })(['rev-parse', '--git-dir'])).resolves.toMatchObject({
    exitCode: 0,
  });
});

test('an abort ends the process and carries its reason', async () => {
  const { root, environment } = tempRepository();
  const reason = new Error('enough');
  const git = gitAt(root, { environment, signal: AbortSignal.abort(reason) });
  await expect(git(['--version'])).rejects.toMatchObject({ code: 'git_aborted', cause: reason });

  const controller = new AbortController();
  writeScript(join(root, '.git', 'waits.sh'), 'exec sleep 600');
  const waiting = gitAt(root, { environment, signal: controller.signal })([
    '-c',
    'alias.w=!.git/waits.sh',
    'w',
  ]);
  controller.abort(reason);
  await expect(waiting).rejects.toMatchObject({ code: 'git_aborted', cause: reason });
});

test('input reaches git, also when git ends before it has read it', async () => {
  const { root, environment } = tempRepository();
  const git = gitAt(root, { environment });
  expect((await git(['hash-object', '--stdin'], { input: 'hello\n' })).stdout.trim()).toBe(
    'ce013625030ba8dba906f756967f9e9ca394464a',
  );
  await expect(git(['--version'], { input: 'x'.repeat(1_000_000) })).resolves.toMatchObject({ exitCode: 0 });
});

test('what says too much is ended', async () => {
  const { root, folder, environment } = tempRepository();
  writeScript(join(folder, 'bin', 'git'), 'exec cat /dev/zero');
  const endless = { ...environment, PATH: `${join(folder, 'bin')}:${environment['PATH']}` };
  await expect(gitAt(root, { environment: endless })(['log'])).rejects.toMatchObject({
    code: 'git_output_too_large',
  });
});

test('a helper that a push leaves behind is not waited for', async () => {
  const { root, folder, environment } = tempRepository();
  writeScript(join(folder, 'bin', 'git'), `sleep 600 & echo $! > '${folder}/pid'; echo pushed`);
  const leaving = { ...environment, PATH: `${join(folder, 'bin')}:${environment['PATH']}` };
  const { stdout } = await gitAt(root, { environment: leaving })(['push'], { remote: true });
  process.kill(Number(readIfThere(folder, 'pid')));
  expect(stdout).toBe('pushed\n');
});

test.each([
  ['git_missing', 'Install git'],
  ['folder_missing', '/f is not there'],
  ['git_aborted', 'ended before it was done'],
  ['git_output_too_large', 'more than is taken'],
  ['git_failed', 'exit code 3: no'],
] as const)('%s says what happened', (code, words) => {
  const error = new GitError({ code, args: ['log'], cwd: '/f', exitCode: 3, stderr: 'no\n' });
  expect(error.message).toContain(words);
});
