import { LEAST_GIT } from '@tina/contract';

/** Why a git process came to nothing. */
export type GitErrorCode =
  /** git ran and refused. */
  | 'git_failed'
  | 'git_missing'
  /** The folder that git was to run in is not there. */
  | 'folder_missing'
  /** The abort signal ended it; `cause` is the signal's reason. */
  | 'git_aborted'
  | 'git_output_too_large';

/** All of it is in `stderr`. */
const MAX_MESSAGE_LENGTH = 2_000;

/** A git process that failed. `stderr` is what git said, bounded. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code: GitErrorCode;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Null when git did not run or was ended by a signal. */
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(
    facts: {
      readonly code: GitErrorCode;
      readonly args: readonly string[];
      readonly cwd: string;
      readonly exitCode: number | null;
      readonly stderr: string;
    },
    options?: ErrorOptions,
  ) {
    super(describe(facts), options);
    this.code = facts.code;
    this.args = facts.args;
    this.cwd = facts.cwd;
    this.exitCode = facts.exitCode;
    this.stderr = facts.stderr;
  }
}

function describe(facts: Pick<GitError, 'code' | 'args' | 'cwd' | 'exitCode' | 'stderr'>): string {
  const command = `git ${facts.args.slice(0, 3).join(' ')}`;
  switch (facts.code) {
    case 'git_missing':
      return `git was not found on PATH. Install git ${LEAST_GIT} or newer.`;
    case 'folder_missing':
      return `${facts.cwd} is not there, so "${command}" could not run in it.`;
    case 'git_aborted':
      return `"${command}" in ${facts.cwd} was ended before it was done.`;
    case 'git_output_too_large':
      return `"${command}" in ${facts.cwd} said more than is taken from it.`;
    case 'git_failed':
      return `"${command}" in ${facts.cwd} failed with exit code ${facts.exitCode}: ${facts.stderr.trim().slice(0, MAX_MESSAGE_LENGTH)}`;
  }
}
