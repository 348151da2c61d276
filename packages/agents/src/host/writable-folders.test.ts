import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writableFolders } from './writable-folders.ts';

function git(directory: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.invalid', ...args], {
    cwd: directory,
    stdio: 'pipe',
  });
}

it('are those of git as well for an agent that commits, in a linked worktree and in a repository', () => {
  const folder = temporaryFolder();
  const [main, linked] = [join(folder, 'main'), join(folder, 'linked')];
  git(folder, 'init', '-q', main);
  git(main, 'commit', '-q', '--allow-empty', '-m', 'Begin');
  git(main, 'worktree', 'add', '-q', linked);
  expect(writableFolders({ access: 'read', worktree: linked }, ['/out'])).toEqual(['/out']);
  expect(writableFolders({ access: 'write', worktree: linked }, ['/out'])).toEqual([
    '/out',
    join(main, '.git/worktrees/linked'),
    join(main, '.git'),
  ]);
  expect(writableFolders({ access: 'write', worktree: main }, [])).toEqual([join(main, '.git')]);
});
