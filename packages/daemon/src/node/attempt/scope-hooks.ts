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

/** What the hooks of an attempt hold it to. */
interface HookedWork {
  readonly files: AttemptFiles;
  readonly worktree: string;
  readonly scope: readonly string[];
  readonly startCommit: string;
  /** What Tina has begun to merge into the worktree, for the agent to conclude. */
  readonly mergeCommit: string | null;
  readonly git: GitOptions;
  /** Where the user's hooks are, by worktree. */
  readonly known: TimedCache<string>;
}

/**
 * Writes the hooks that refuse a commit of files outside the task's scope, and otherwise do what the user's own hooks do
 * (G21). They are found through the agent's environment, so nothing of the user's configuration changes. An agent that goes
 * around them is found out by its evidence, and again at the merge.
 */
export async function writeScopeHooks(parameters: HookedWork): Promise<void> {
  const { files, git, known } = parameters;
  // As git names it.
  const worktree = await realpath(parameters.worktree);
  const users = known.get(worktree) ?? (await hooksDirectory({ ...git, path: worktree }));
  known.set(worktree, users);
  await mkdir(files.hooks, { recursive: true, mode: 0o700 });
  await Promise.all(
    HOOKS.map(async (name) => {
      const path = join(files.hooks, name);
      const check = name === 'pre-commit' ? scopeCheck({ ...parameters, worktree }) : '';
      await writeFile(path, `#!/bin/sh\n${check}${goOn(join(users, name))}`, { mode: 0o700 });
      await chmod(path, 0o700);
    }),
  );
}

/**
 * What an attempt has changed, this commit included, as its evidence will see it: so that it may undo a change as well. In
 * another repository the task's scope means nothing.
 */
function scopeCheck({ worktree, scope, startCommit, mergeCommit }: HookedWork): string {
  const aside = mergeCommit === null ? [] : [asideOf(startCommit), asideOf(mergeCommit)];
  const excluded = [...scope.map(globOf), ...aside]
    .map((pattern) => shellQuote(`:(top,exclude,glob)${pattern}`))
    .join(' ');
  const allowed = shellQuote(`tina: these files are outside the scope of your task (${scope.join(', ')}):`);
  return [
    `if [ "$(git rev-parse --show-toplevel)" = ${shellQuote(worktree)} ]; then`,
    `  before=${mergeCommit === null ? startCommit : mergedTree(startCommit, mergeCommit)}`,
    '  [ -n "$before" ] || exit 1',
    `  outside=$(git diff --cached --name-only --no-renames "$before" -- ':(top)' ${excluded}) || exit 1`,
    '  if [ -n "$outside" ]; then',
    `    printf '%s\\n' ${allowed} "$outside" >&2`,
    `    printf '%s\\n' 'next: take them out with git restore --staged, or tina report error --reason "..."' >&2`,
    '    exit 1',
    '  fi',
    'fi',
    '',
  ].join('\n');
}

/**
 * What git makes of both sides of a merge by itself: what either of them did is no change of whoever concludes it. The first
 * line that git says is the tree, also where there are conflicts.
 */
function mergedTree(one: string, other: string): string {
  return `$(git merge-tree --write-tree --no-messages ${one} ${other} | head -n 1)`;
}

/** Where a file meets a directory, git puts the file aside under such a name. */
function asideOf(commit: string): string {
  return `**/*~${commit}*`;
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
