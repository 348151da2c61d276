import type { CollectEvidenceJob, JobOutcome } from '@tina/domain';
import type { JobWork } from './job-work.ts';
import { checkSlot } from './run-checks-job.ts';
import { slotPaths } from './slot-paths.ts';

/**
 * What the attempt did, as git says, and what its checks say of the slot as the agent left it (G16). Without a commit
 * there is nothing to check. Done again, it looks again.
 */
export async function performCollectEvidence(job: CollectEvidenceJob, work: JobWork): Promise<JobOutcome> {
  const { worktree } = slotPaths({ paths: work.tools.paths, settings: work.settings, ...job });
  const found = await work.tools.platform.git.collectWork({ ...work.git, ...job, path: worktree });
  work.tools.seenHeads.set(job.attemptId, found.headCommit);
  const checks = found.commits.length === 0 ? [] : await checkSlot({ ...job, worktree }, work);
  return { kind: 'collect-evidence', evidence: { ...found, checks } };
}
