import type { Evidence, Job, JobOutcome } from '../job.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';

/** What the reference model calls the results of a job, as a node says them. */
export function outcomeOf(job: Job, how: string, newCommit: () => string): JobOutcome {
  if (how === 'failed') return failedJob('disk_full');
  if (how === 'setup_failed' || how === 'host_lost') return failedJob(how);
  const tip = newCommit();
  const conflict = { kind: 'conflict', tip, files: ['src/a.ts'] } as const;
  switch (job.kind) {
    case 'start-agent': {
      const { kind, branch } = job;
      return { kind, agentVersion: '1', workingDirectory: '/srv', branch, hostPid: 7, session: null };
    }
    case 'collect-evidence':
      return { kind: job.kind, evidence: evidence(tip, how === 'missing' ? ['left.ts'] : []) };
    case 'settle-attempt':
      return { kind: job.kind, headCommit: null, rescueRef: null };
    case 'merge':
      if (how === 'conflict') return { kind: job.kind, result: conflict };
      if (how === 'outside') return { kind: job.kind, result: { kind: 'out-of-scope', files: ['b.ts'] } };
      return { kind: job.kind, result: { kind: 'merged', tip, how: 'merge-commit' } };
    case 'integrate-base':
      return how === 'conflict'
        ? { kind: job.kind, result: { ...conflict, baseCommit: tip } }
        : { kind: job.kind, result: { kind: 'integrated', tip, baseCommit: tip } };
    case 'land':
      if (how === 'moved') return { kind: job.kind, result: { kind: 'base-moved', baseCommit: tip } };
      if (how === 'dirty')
        return { kind: job.kind, result: { kind: 'checkout-dirty', path: '/srv', files: ['a'] } };
      return { kind: job.kind, result: { kind: 'landed', commit: tip, checkout: 'none' } };
    case 'open-pull-request':
      return { kind: job.kind, url: null, pushed: true, next: [] };
    case 'discard-branch':
      return { kind: job.kind, rescueRef: null };
    case 'run-checks':
      return { kind: job.kind, checks: [] };
    case 'continue-agent':
    case 'create-branch':
    case 'remove-slots':
      return { kind: job.kind };
  }
}

function evidence(headCommit: string, dirtyFiles: readonly string[]): Evidence {
  return {
    headCommit,
    commits: [{ commit: headCommit, subject: 'Work' }],
    onBranch: true,
    containsRequired: true,
    dirtyFiles,
    changedFiles: [],
    conflictMarkers: [],
    checks: [],
  };
}
