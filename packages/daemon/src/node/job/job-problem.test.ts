import { TinaError } from '@tina/contract';
import type { Job } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { GitError, GitStateError } from '../../git/index.ts';
import { JobProblemError, problemOf } from './job-problem.ts';

const JOB = { kind: 'merge', jobId: 'j1', taskId: 't1' } as Job;

function gitFailed(stderr: string, code: GitError['code'] = 'git_failed'): GitError {
  return new GitError({ code, args: ['merge-tree'], cwd: '/repo sitory', exitCode: 128, stderr });
}

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code, path });
}

describe('what a person reads of a job that failed', () => {
  it.each([
    [systemError('ENOSPC', '/state/x'), 'disk_full', ['df -h /state/x', 'tina cleanup', 'tina retry t1']],
    [systemError('EDQUOT'), 'disk_full', ["df -h 'the state folder'", 'tina cleanup', 'tina retry t1']],
    [systemError('EACCES', '/x'), 'permission_denied', ['ls -ld /x', 'tina retry t1']],
    [systemError('EROFS', '/x'), 'permission_denied', ['ls -ld /x', 'tina retry t1']],
    [systemError('EMFILE', '/x'), 'machine_exhausted', ['ulimit -a', 'tina retry t1']],
    [new Error('what?'), 'job_failed', ['tina retry t1']],
    [
      gitFailed('fatal: write error: No space left on device'),
      'disk_full',
      ["df -h '/repo sitory'", 'tina cleanup', 'tina retry t1'],
    ],
    [
      gitFailed('error: insufficient permission: Permission denied'),
      'permission_denied',
      ["ls -ld '/repo sitory'", 'tina retry t1'],
    ],
    [gitFailed('fatal: bad object'), 'git_failed', ['tina retry t1']],
    [gitFailed('', 'git_missing'), 'git_missing', ['tina doctor', 'tina retry t1']],
    [
      new GitStateError({ code: 'branch_missing', subject: 'b', message: 'no b', next: ['git branch'] }),
      'branch_missing',
      ['git branch', 'tina retry t1'],
    ],
    [new TinaError({ code: 'session_not_started', message: 'no' }), 'session_not_started', ['tina retry t1']],
    [
      new JobProblemError({ code: 'setup_failed', message: 'no', output: 'tail', next: ['look'] }),
      'setup_failed',
      ['look', 'tina retry t1'],
    ],
  ])('%s is %s', (error, code, next) => {
    expect(problemOf(error, JOB)).toMatchObject({ code, next });
  });

  it('is what git or the system said, when they said something', () => {
    expect(problemOf(gitFailed('fatal: bad object'), JOB).output).toBe('fatal: bad object');
    expect(problemOf(gitFailed(''), JOB).output).toBeNull();
    expect(problemOf(systemError('ENOSPC'), JOB).output).toBe('ENOSPC: refused');
  });

  it('offers no retry for what belongs to no task', () => {
    expect(problemOf(new Error('what?'), { ...JOB, taskId: null }).next).toEqual([]);
  });
});
