import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { gitEnvironment } from './git-environment.ts';
import { GitError, type GitErrorCode } from './git-error.ts';

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

/** A listing of a repository with a million files stays below it. */
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;
/** An error a person reads. */
const MAX_STDERR_BYTES = 64 * 1024;
/** How long an aborted git may take to remove its lock files. */
const TERMINATION_GRACE_MS = 5_000;
/**
 * What a push leaves behind (an ssh master) or an aborted git (a filter) may hold the pipes; what git itself said has
 * arrived by then.
 */
const PIPE_GRACE_MS = 500;

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

interface GitProcess {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | undefined;
  readonly answers: readonly number[];
  readonly remote: boolean;
  readonly signal: AbortSignal | undefined;
}

async function runGit(run: GitProcess): Promise<GitOutput> {
  const fail = (code: GitErrorCode, exitCode: number | null, stderr: string, cause?: unknown): GitError =>
    new GitError({ code, args: run.args, cwd: run.cwd, exitCode, stderr }, { cause });
  const refuseIfAborted = (): void => {
    if (run.signal?.aborted === true) throw fail('git_aborted', null, '', run.signal.reason);
  };
  refuseIfAborted();

  const child = spawn('git', run.args, {
    cwd: run.cwd,
    env: run.env,
    stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const stdout = collect(child, 'stdout', MAX_OUTPUT_BYTES, () => child.kill('SIGTERM'));
  const stderr = collect(child, 'stderr', MAX_STDERR_BYTES, () => undefined);
  // git may end before it has read everything; its exit code says why.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(run.input);

  const stopListening = terminateOnAbort(child, run.signal);
  try {
    const exitCode = await ended(child, () => run.remote || run.signal?.aborted === true);
    refuseIfAborted();
    if (stdout.overflowed()) throw fail('git_output_too_large', null, stderr.text());
    if (exitCode === null || !run.answers.includes(exitCode))
      throw fail('git_failed', exitCode, stderr.text());
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw fail(existsSync(run.cwd) ? 'git_missing' : 'folder_missing', null, '', error);
    }
    throw fail('git_failed', null, error.message, error);
  } finally {
    stopListening();
  }
}

interface Collected {
  readonly text: () => string;
  readonly overflowed: () => boolean;
}

function collect(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  maxBytes: number,
  onOverflow: () => void,
): Collected {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let overflowed = false;
  child[name]?.on('data', (chunk: Buffer) => {
    if (bytes + chunk.length <= maxBytes) {
      bytes += chunk.length;
      chunks.push(chunk);
    } else if (!overflowed) {
      overflowed = true;
      onOverflow();
    }
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), overflowed: () => overflowed };
}

/** Waits for the process and for what it said; null when a signal ended it. */
function ended(child: ChildProcess, mayLeaveHelpers: () => boolean): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve(exitCode);
    });
    child.once('exit', () => {
      if (!mayLeaveHelpers()) return;
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPE_GRACE_MS);
      child.once('close', () => {
        clearTimeout(timer);
      });
    });
  });
}

function terminateOnAbort(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const terminate = (): void => {
    // git removes its lock files on SIGTERM, not on SIGKILL.
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), TERMINATION_GRACE_MS);
  };
  signal.addEventListener('abort', terminate, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', terminate);
  };
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && !(error instanceof GitError) && 'code' in error;
}
