import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { gitEnvironment } from './git-environment.ts';
import { GitError, type GitErrorCode } from './git-error.ts';
import { runTogether } from './git-batch.ts';
import type { GitProcess } from './git-process.ts';

/** What every operation of this folder takes beside its own parameters. */
export interface GitOptions {
  /** Ends the operation: the git process under way is terminated and the operation rejects with code `git_aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** What git inherits its environment from. Default: this process's environment. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

export interface GitCall {
  /** Written to git's standard input. */
  readonly input?: string | undefined;
  /** More environment, over everything else. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Exit codes that are answers. Default: 0 alone. */
  readonly answers?: readonly number[] | undefined;
  /** Whether it talks to a remote, with the user's hooks and helpers. Default: no, and no hook runs. */
  readonly remote?: boolean | undefined;
}

export interface GitOutput {
  readonly exitCode: number;
  /** Decoded as UTF-8; what is not UTF-8 becomes U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs git with these arguments in one folder.
 * @throws GitError when git is missing, ends with an exit code that is no answer, says too much, or is aborted.
 */
export type Git = (args: readonly string[], call?: GitCall) => Promise<GitOutput>;

/**
 * git in the worktree or repository whose top is `folder`. It never answers for a repository around it when the
 * folder's own `.git` is gone.
 */
export function gitAt(folder: string, options: GitOptions): Git {
  return bind(folder, options, { GIT_CEILING_DIRECTORIES: dirname(folder) });
}

/** git in any folder within a repository. */
export function gitWithin(folder: string, options: GitOptions): Git {
  return bind(folder, options, {});
}

function bind(cwd: string, options: GitOptions, fixed: Readonly<Record<string, string>>): Git {
  return (args, call = {}) =>
    runGit({
      cwd,
      args,
      input: call.input,
      answers: call.answers ?? [0],
      remote: call.remote ?? false,
      signal: options.signal,
      env: gitEnvironment({
        environment: options.environment ?? process.env,
        remote: call.remote ?? false,
        extra: { ...fixed, ...call.env },
      }),
    });
}

interface GitRun extends GitProcess {
  readonly answers: readonly number[];
}

async function runGit(run: GitRun): Promise<GitOutput> {
  const fail = (code: GitErrorCode, exitCode: number | null, stderr: string, cause?: unknown): GitError =>
    new GitError({ code, args: run.args, cwd: run.cwd, exitCode, stderr }, { cause });
  const refuseIfAborted = (): void => {
    if (run.signal?.aborted === true) throw fail('git_aborted', null, '', run.signal.reason);
  };
  refuseIfAborted();
  try {
    const { exitCode, stdout, stderr, overflowed } = await runTogether(run);
    refuseIfAborted();
    if (overflowed) throw fail('git_output_too_large', null, stderr);
    if (exitCode === null || !run.answers.includes(exitCode)) throw fail('git_failed', exitCode, stderr);
    return { exitCode, stdout, stderr };
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw fail(existsSync(run.cwd) ? 'git_missing' : 'folder_missing', null, '', error);
    }
    throw fail('git_failed', null, error.message, error);
  }
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && !(error instanceof GitError) && 'code' in error;
}
