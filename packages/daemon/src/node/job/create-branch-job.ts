import type { CreateBranchJob, JobOutcome } from '@tina/domain';
import { shellQuote } from '../../git/shell-quote.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';
import { prepareSlot } from './prepare-slot.ts';

/** Creates the run's branch at the base commit and sets a slot up. Done again, it finds both. */
export async function performCreateBranch(job: CreateBranchJob, work: JobWork): Promise<JobOutcome> {
  const { branch, commit } = job;
  const result = await work.tools.platform.git.createBranch({ ...work.git, branch, commit });
  if (result.kind === 'branch-exists') {
    const other = shellQuote(result.branch);
    throw new JobProblemError({
      code: 'branch_exists',
      message:
        result.branch === branch
          ? `The branch ${branch} exists already, at ${result.commit}.`
          : `The branch ${result.branch} stands in the way of ${branch}: git cannot keep both names.`,
      output: null,
      next: [`git branch -m ${other} ${other}-old`, 'tina orchestrate <design.md> --new --feature <name>'],
    });
  }
  await prepareSlot({ ...job, branch: null, withSetup: true }, work);
  return { kind: 'create-branch' };
}
