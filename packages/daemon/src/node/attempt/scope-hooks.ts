import { chmod, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hooksDirectory, type GitOptions, shellQuote } from '../../git/index.ts';
import type { AttemptFiles } from './attempt-files.ts';
import type { TimedCache } from './timed-cache.ts';

/** Every hook that git runs for work in a checkout: the user's own must go on running beside ours. */
const HOOKS = [
  'applypatch-msg',
  'commit-msg',
  'post-applypatch',
  'post-checkout',
  'post-commit',
  'post-merge',
  'post-rewrite',
  'pre-applypatch',
  'pre-auto-gc',
  'pre-commit',
  'pre-merge-commit',
  'pre-push',
  'pre-rebase',
  'prepare-commit-msg',
  'reference-transaction',
] as const;

/**
 * Writes the hooks that refuse a commit of files outside the task's scope, and otherwise do what the user's own hooks do
 * (G21). They are found through the agent's environment, so nothing of the user's configuration changes. An agent that goes
 * around them is found out by its evidence, and again at the merge.
 */
export async function writeScopeHooks(parameters: {
  readonly files: AttemptFiles;
  readonly worktree: string;
  readonly scope: readonly string[];
  readonly git: GitOptions;
  /** Where the user's hooks are, by worktree. */
  readonly known: TimedCache<string>;
}): Promise<void> {
  const { files, scope, git, known } = parameters;
  // As git names it.
  const worktree = await realpath(parameters.worktree);
  const users = known.get(worktree) ?? (await hooksDirectory({ ...git, path: worktree }));
  known.set(worktree, users);
  await mkdir(files.hooks, { recursive: true, mode: 0o700 });
  await Promise.all(
    HOOKS.map(async (name) => {
      const path = join(files.hooks, name);
      const check = name === 'pre-commit' ? scopeCheck(worktree, scope) : '';
      await writeFile(path, `#!/bin/sh\n${check}${goOn(join(users, name))}`, { mode: 0o700 });
      await chmod(path, 0o700);
    }),
  );
}

/** In another repository the task's scope means nothing. */
function scopeCheck(worktree: string, scope: readonly string[]): string {
  const excluded = scope.map((pattern) => shellQuote(`:(top,exclude,glob)${globOf(pattern)}`)).join(' ');
  const allowed = shellQuote(`tina: these files are outside the scope of your task (${scope.join(', ')}):`);
  return [
    `if [ "$(git rev-parse --show-toplevel)" = ${shellQuote(worktree)} ]; then`,
    `  outside=$(git diff --cached --name-only --no-renames -- ':(top)' ${excluded}) || exit 1`,
    '  if [ -n "$outside" ]; then',
    `    printf '%s\\n' ${allowed} "$outside" >&2`,
    `    printf '%s\\n' 'next: take them out with git restore --staged, or tina report error --reason "..."' >&2`,
    '    exit 1',
    '  fi',
    'fi',
    '',
  ].join('\n');
}

/** A scope's pattern as git's glob: brackets stand for themselves, a folder for all below it. */
function globOf(pattern: string): string {
  const literal = pattern.replace(/[[\]\\]/g, String.raw`\$&`);
  return literal.endsWith('/') ? `${literal}**` : literal;
}

function goOn(users: string): string {
  const hook = shellQuote(users);
  return `if [ -x ${hook} ]; then exec ${hook} "$@"; fi\n`;
}
