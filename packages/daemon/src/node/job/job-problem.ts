import { TinaError } from '@tina/contract';
import type { JobProblem } from '@tina/domain';
import { GitError, GitStateError } from '../../git/index.ts';
import { shellQuote } from '../../git/shell-quote.ts';

/** A job that came to nothing for a reason that its executor can name. */
export class JobProblemError extends Error {
  override readonly name = 'JobProblemError';
  readonly problem: JobProblem;

  constructor(problem: JobProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** What a person reads of an error that ended a job. The ways out that every blocked task has are added where it is blocked. */
export function problemOf(error: unknown): JobProblem {
  if (error instanceof JobProblemError) return error.problem;
  if (error instanceof GitError) return gitProblem(error);
  if (error instanceof GitStateError || error instanceof TinaError) {
    return { code: error.code, message: error.message, output: null, next: error.next };
  }
  return systemProblem(error);
}

function gitProblem(error: GitError): JobProblem {
  const system = SYSTEM_WORDS.find(([words]) => words.test(error.stderr));
  if (system !== undefined)
    return systemProblem({ code: system[1], path: error.cwd, message: error.message });
  const next = {
    git_missing: ['tina doctor'],
    folder_missing: [`ls -ld ${shellQuote(error.cwd)}`, 'put it back where it was'],
    git_failed: [],
    git_aborted: [],
    git_output_too_large: [],
  }[error.code];
  const output = error.stderr.trim() === '' ? null : error.stderr;
  return { code: error.code, message: error.message, output, next };
}

/** How git, in the C locale that ours runs in, says what the system refused. */
const SYSTEM_WORDS: readonly (readonly [words: RegExp, code: string])[] = [
  [/no space left on device/i, 'ENOSPC'],
  [/disk quota exceeded/i, 'EDQUOT'],
  [/read-only file system/i, 'EROFS'],
  [/permission denied/i, 'EACCES'],
  [/too many open files/i, 'EMFILE'],
  [/cannot allocate memory|out of memory/i, 'ENOMEM'],
];

function systemProblem(error: unknown): JobProblem {
  const { code, path, message } = error as Partial<NodeJS.ErrnoException>;
  const known = SYSTEM_PROBLEMS[code ?? ''];
  const where = path ?? 'the state folder';
  if (known === undefined) {
    return {
      code: 'job_failed',
      message: `Something unexpected went wrong: ${message}`,
      output: null,
      next: [],
    };
  }
  const text = `${known.what} (${where}).`;
  return { code: known.code, message: text, output: message ?? null, next: known.next(where) };
}

interface SystemProblem {
  readonly code: string;
  readonly what: string;
  readonly next: (where: string) => readonly string[];
}

const DISK_FULL: SystemProblem = {
  code: 'disk_full',
  what: 'There is no space left on the disk',
  next: (where) => [`df -h ${shellQuote(where)}`, 'tina cleanup'],
};
const NO_PERMISSION: SystemProblem = {
  code: 'permission_denied',
  what: 'Tina may not write there',
  next: (where) => [`ls -ld ${shellQuote(where)}`],
};
const EXHAUSTED: SystemProblem = {
  code: 'machine_exhausted',
  what: 'The machine has no more open files, processes or memory to give',
  next: () => ['ulimit -a'],
};

const SYSTEM_PROBLEMS: Readonly<Record<string, SystemProblem>> = {
  ENOSPC: DISK_FULL,
  EDQUOT: { ...DISK_FULL, what: 'Your disk quota is used up' },
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EROFS: { ...NO_PERMISSION, what: 'The file system is read-only' },
  EMFILE: EXHAUSTED,
  ENFILE: EXHAUSTED,
  EAGAIN: EXHAUSTED,
  ENOMEM: EXHAUSTED,
};
