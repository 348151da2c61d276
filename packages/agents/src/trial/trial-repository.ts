import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file that a trial asks for, and its one line. */
export const TRIAL_FILE = 'hello.txt';
export const TRIAL_LINE = 'hello from the trial';

/** A repository with one empty commit, and what an agent has done in it. */
export interface TrialRepository {
  readonly worktree: string;
  /** Whether the file is there with its line. */
  readonly hasFile: () => boolean;
  /** The newest commit that holds the file with its line; null when none does. */
  readonly commitWithFile: () => string | null;
  /** What is changed and not committed. */
  readonly changes: () => readonly string[];
}

/**
 * Makes the repository below `folder`.
 *
 * @param env of git and of the agent: it says who commits
 */
export function makeTrialRepository(folder: string, env: Readonly<Record<string, string>>): TrialRepository {
  const worktree = join(folder, 'worktree');
  mkdirSync(worktree, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: worktree, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  git('init', '-q', '-b', 'trial');
  git('-c', 'commit.gpgsign=false', 'commit', '-q', '--no-verify', '--allow-empty', '-m', 'Begin');
  return {
    worktree,
    hasFile: () => read(join(worktree, TRIAL_FILE))?.trim() === TRIAL_LINE,
    commitWithFile: () => {
      const content = attempt(() => git('show', `HEAD:${TRIAL_FILE}`));
      return content?.trim() === TRIAL_LINE ? git('rev-parse', '--short', 'HEAD').trim() : null;
    },
    changes: () =>
      git('status', '--porcelain')
        .split('\n')
        .filter((line) => line !== ''),
  };
}

function read(path: string): string | null {
  return attempt(() => readFileSync(path, 'utf8'));
}

function attempt(ask: () => string): string | null {
  try {
    return ask();
  } catch {
    return null;
  }
}
