import { TinaError } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { GitError, GitStateError } from '../../git/index.ts';
import { JobProblemError, problemOf } from './job-problem.ts';

function gitFailed(stderr: string, code: GitError['code'] = 'git_failed'): GitError {
  return new GitError({ code, args: ['merge-tree'], cwd: '/repo sitory', exitCode: 128, stderr });
}

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code, path });
}

describe('what a person reads of a job that failed', () => {
  it.each([
    [systemError('ENOSPC', '/state/x'), 'disk_full', ['df -h /state/x', 'tina cleanup']],
    [systemError('EDQUOT'), 'disk_full', ["df -h 'the state folder'", 'tina cleanup']],
    [systemError('EACCES', '/x'), 'permission_denied', ['ls -ld /x']],
    [systemError('EROFS', '/x'), 'permission_denied', ['ls -ld /x']],
    [systemError('EMFILE', '/x'), 'machine_exhausted', ['ulimit -a']],
    [new Error('what?'), 'job_failed', []],
    [
      gitFailed('fatal: write error: No space left on device'),
      'disk_full',
      ["df -h '/repo sitory'", 'tina cleanup'],
    ],
    [
      gitFailed('error: insufficient permission: Permission denied'),
      'permission_denied',
      ["ls -ld '/repo sitory'"],
    ],
    [gitFailed('fatal: bad object'), 'git_failed', []],
    [gitFailed('', 'git_missing'), 'git_missing', ['tina doctor']],
    [
      new GitStateError({ code: 'branch_missing', subject: 'b', message: 'no b', next: ['git branch'] }),
      'branch_missing',
      ['git branch'],
    ],
    [new TinaError({ code: 'session_not_started', message: 'no' }), 'session_not_started', []],
    [
      new JobProblemError({ code: 'setup_failed', message: 'no', output: 'tail', next: ['look'] }),
      'setup_failed',
      ['look'],
    ],
  ])('%s is %s', (error, code, next) => {
    expect(problemOf(error)).toMatchObject({ code, next });
  });

  it('is what git or the system said, when they said something', () => {
    expect(problemOf(gitFailed('fatal: bad object')).output).toBe('fatal: bad object');
    expect(problemOf(gitFailed('')).output).toBeNull();
    expect(problemOf(systemError('ENOSPC')).output).toBe('ENOSPC: refused');
  });
});
