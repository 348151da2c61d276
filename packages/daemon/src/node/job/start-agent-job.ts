import type { HostHello } from '@tina/contract';
import { sessionName, type JobOutcome, type StartAgentJob } from '@tina/domain';
import { attemptFiles } from '../attempt/attempt-files.ts';
import { findRemains } from '../attempt/find-remains.ts';
import { HostGoneError } from '../host/host-errors.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';
import { launchHost, type HostLaunch } from './launch-host.ts';
import { isSlotKnown, prepareSlot, type SlotRequest } from './prepare-slot.ts';
import { slotPaths } from './slot-paths.ts';
import { waitForHello } from './wait-for-hello.ts';

/** From the end of the job until the host has started its agent. */
const FIRST_TURN_MS = 15;

/**
 * Binds the attempt (G09), prepares its slot, starts its host and waits until that has reported in (G08). Done again, it
 * finds the host of the earlier try, or that it has ended. Null when the attempt is not wanted any more.
 */
export async function performStartAgent(job: StartAgentJob, work: JobWork): Promise<JobOutcome | null> {
  const { clock, launches } = work.tools;
  const isThere = launches.begin();
  try {
    return await start(job, work);
  } finally {
    clock.after(FIRST_TURN_MS, isThere);
  }
}

async function start(job: StartAgentJob, work: JobWork): Promise<JobOutcome | null> {
  const { tools, settings } = work;
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
  const { worktree } = slotPaths({ paths: tools.paths, settings, ...job });
  await bringUp({ job, files, session, worktree }, work);
  // git is asked while the host comes up: nobody else has a hand in the slot.
  const branch = tools.platform.git.checkedOutBranch(worktree, work.git);
  branch.catch(() => undefined);
  const hello = await waitForHello({ attempt, files, session }, work);
  await verify(job, { worktree, branch: await branch }, hello, work);
  const definition = settings.agents[job.agent];
  if (definition !== undefined) tools.versions.set(JSON.stringify(definition), hello.agentVersion);
  const { agentVersion, workingDirectory, hostPid } = hello;
  return {
    kind: 'start-agent',
    agentVersion,
    workingDirectory,
    branch: job.branch,
    hostPid,
    session: hello.session,
  };
}

/**
 * Slot and host. A host begins nothing before its start is recorded, so where the slot only has to be reset, the host comes
 * first: git's 10 ms fall into the 35 that it takes to come up. For the same reason the slot of a host that an earlier try
 * has started is prepared again: that try may have ended in the middle of it.
 */
async function bringUp(host: HostLaunch, work: JobWork): Promise<void> {
  const { job, files, session, worktree } = host;
  const { tools } = work;
  const { attemptId } = job;
  const remains = await findRemains({
    attemptId,
    homeId: tools.homeId,
    session,
    files,
    sessions: tools.sessions,
    platform: tools.platform,
  });
  if (remains === 'dead') {
    throw new HostGoneError(`The agent host of attempt ${attemptId} ended before it was ready.`);
  }
  const request = { ...job, commit: job.startCommit, withSetup: job.needsSetup };
  const comesFirst = remains === 'none' && isSlotKnown(worktree, request, work);
  if (comesFirst) await launchHost(host, work);
  await fillSlot(request, job.mergeCommit, work);
  if (job.scope !== null) {
    await tools.platform.files.writeScopeHooks({
      files,
      worktree,
      scope: job.scope,
      startCommit: job.startCommit,
      mergeCommit: job.mergeCommit,
      git: work.git,
      known: tools.userHooks,
    });
  }
  if (remains === 'none' && !comesFirst) await launchHost(host, work);
}

/** Puts into the slot what the agent is to find there. */
async function fillSlot(request: SlotRequest, mergeCommit: string | null, work: JobWork): Promise<void> {
  const path = await prepareSlot(request, work);
  if (mergeCommit === null) return;
  await work.tools.platform.git.beginMerge({
    ...work.git,
    path,
    commit: mergeCommit,
    message: `Merge ${mergeCommit}`,
  });
}

/**
 * The host must be where it was sent, and there git must have the attempt's branch checked out. What the host itself says of
 * the branch may be older than the slot's reset.
 */
async function verify(
  job: StartAgentJob,
  { worktree, branch }: { readonly worktree: string; readonly branch: string | null },
  hello: HostHello,
  work: JobWork,
): Promise<void> {
  const { files } = work.tools.platform;
  const [wanted, given] = await Promise.all([
    files.realPath(worktree),
    files.realPath(hello.workingDirectory),
  ]);
  if (wanted !== null && given === wanted && branch === job.branch) return;
  throw new JobProblemError({
    code: 'host_misplaced',
    message:
      `The agent host reported in from ${hello.workingDirectory} instead of ${worktree}, where git has ` +
      `${branch ?? 'no branch'} checked out instead of ${job.branch}.`,
    output: null,
    next: [],
  });
}
