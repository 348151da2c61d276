import { join } from 'node:path';
import { secretsOf } from '@tina/agents';
import type { CheckDefinition, CheckResult, JobOutcome, RunChecksJob } from '@tina/domain';
import { commandEnvironment } from './command-environment.ts';
import type { JobWork } from './job-work.ts';
import { prepareSlot } from './prepare-slot.ts';

/** Runs checks on a commit, in a slot that holds nothing else. Done again, it runs them again. */
export async function performRunChecks(job: RunChecksJob, work: JobWork): Promise<JobOutcome> {
  const withSetup = job.checks.length > 0;
  const worktree = await prepareSlot({ ...job, branch: null, withSetup }, work);
  return { kind: 'run-checks', checks: await checkSlot({ ...job, worktree }, work) };
}

/** Runs checks in a slot as it stands. */
export function checkSlot(
  parameters: {
    readonly jobId: string;
    readonly runId: string;
    readonly worktree: string;
    readonly checks: readonly CheckDefinition[];
  },
  { tools, settings, signal }: JobWork,
): Promise<readonly CheckResult[]> {
  const { jobId, runId, worktree, checks } = parameters;
  const named = settings.env ?? [];
  return tools.platform.commands.runChecks({
    definitions: checks,
    cwd: worktree,
    env: commandEnvironment({ ...tools, runId, named }),
    secrets: secretsOf(tools.environment, named),
    outputDirectory: join(tools.paths.checksDir, runId, jobId),
    stateDir: tools.paths.stateDir,
    marker: { TINA_CHECK: jobId },
    signal,
  });
}
