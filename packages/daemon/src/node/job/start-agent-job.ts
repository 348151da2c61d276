import { realpath } from 'node:fs/promises';
import type { HostHello } from '@tina/contract';
import { sessionName, type JobOutcome, type StartAgentJob } from '@tina/domain';
import { beginMerge } from '../../git/index.ts';
import { gitAt } from '../../git/run-git.ts';
import { attemptFiles, type AttemptFiles } from '../attempt/attempt-files.ts';
import { findRemains } from '../attempt/find-remains.ts';
import { HostGoneError } from '../host/host-errors.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';
import { describeLaunch, launchHost } from './launch-host.ts';
import { allDone } from './all-done.ts';
import { prepareSlot } from './prepare-slot.ts';
import { slotPaths } from './slot-paths.ts';
import { waitForHello } from './wait-for-hello.ts';

/**
 * Binds the attempt (G09), prepares its slot, starts its host and waits until that has reported in (G08). Done again, it
 * finds the host of the earlier try, or that it has ended. Null when the attempt is not wanted any more.
 */
export async function performStartAgent(job: StartAgentJob, work: JobWork): Promise<JobOutcome | null> {
  const { tools } = work;
  const { attemptId, epoch } = job;
  const begun = await tools.api.beginAttempt({ attemptId, jobId: job.jobId, epoch });
  if (!begun.ok) {
    tools.log('info', `An attempt was not begun: ${begun.message}`, { attemptId, code: begun.code });
    tools.hosts.release(attemptId)?.channel?.send({ kind: 'end', reason: begun.message });
    return null;
  }
  const attempt = tools.hosts.expect({ attemptId, epoch, stage: 'awaited', isParked: false });
  const files = attemptFiles(tools.paths.attemptsDir, attemptId);
  const session = sessionName(attemptId);
  const remains = await findRemains({
    attemptId,
    homeId: tools.homeId,
    session,
    files,
    sessions: tools.sessions,
  });
  if (remains === 'dead')
    throw new HostGoneError(`The agent host of attempt ${attemptId} ended before it was ready.`);
  if (remains === 'none') await start(job, files, session, work);
  const hello = await waitForHello({ attempt, files, session }, work);
  await verify(job, hello, work);
  const definition = work.settings.agents[job.agent];
  if (definition !== undefined) tools.versions.set(definition, hello.agentVersion);
  const { agentVersion, workingDirectory, branch, hostPid } = hello;
  return { kind: 'start-agent', agentVersion, workingDirectory, branch, hostPid, session: hello.session };
}

async function start(job: StartAgentJob, files: AttemptFiles, session: string, work: JobWork): Promise<void> {
  const { startCommit: commit, mergeCommit } = job;
  const { worktree } = slotPaths({ paths: work.tools.paths, settings: work.settings, ...job });
  const host = { job, files, session, worktree };
  const [launch] = await allDone([
    describeLaunch(host, work),
    prepareSlot({ ...job, commit, withSetup: job.needsSetup }, work),
  ]);
  if (mergeCommit !== null) {
    await beginMerge({ ...work.git, path: worktree, commit: mergeCommit, message: `Merge ${mergeCommit}` });
  }
  work.signal.throwIfAborted();
  await launchHost(launch, host, work);
}

/** The host must be where it was sent, and git must say the same. */
async function verify(job: StartAgentJob, hello: HostHello, work: JobWork): Promise<void> {
  const { worktree } = slotPaths({ paths: work.tools.paths, settings: work.settings, ...job });
  const [wanted, given, head] = await Promise.all([
    realpath(worktree),
    realpath(hello.workingDirectory).catch(() => null),
    gitAt(worktree, work.git)(['symbolic-ref', '--quiet', '--short', 'HEAD'], { answers: [0, 1] }),
  ]);
  const branch = head.stdout.trim();
  if (given === wanted && hello.branch === job.branch && branch === job.branch) return;
  throw new JobProblemError({
    code: 'host_misplaced',
    message:
      `The agent host reported in from ${hello.workingDirectory} on ${hello.branch || 'no branch'}, where git has ` +
      `${branch || 'no branch'} checked out, instead of ${worktree} on ${job.branch}.`,
    output: null,
    next: [],
  });
}
