import { sessionName, type JobOutcome, type SettleAttemptJob } from '@tina/domain';
import { removeLaunchScripts } from '../../session/index.ts';
import type { EndedProcesses, ProcessIdentity } from '../../process/index.ts';
import { attemptFiles, type AttemptFiles } from '../attempt/attempt-files.ts';
import type { ReleasedHost } from '../host/hosted-attempt.ts';
import { pause } from '../node-clock.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';
import { keepExpected, keepRest, keepWork } from './keep-work.ts';
import { slotPaths } from './slot-paths.ts';

/** How long a host may take to end its agent and itself when it is told to. */
const END_GRACE_MS = 2_000;
/** How long what is left after that may take before it is killed. */
const LEFTOVER_GRACE_MS = 500;
/** Mostly it is gone after 6 ms. */
const FIRST_LOOK_MS = 1;
const LATER_LOOK_MS = 10;
const LATER_MS = 50;

/**
 * Leaves nothing of the attempt running (G14) and nothing of its work to chance (G22), and frees its slot. Works whatever
 * of it is gone already; done again, it finds it done.
 * @throws JobProblemError `processes_left`
 */
export async function performSettleAttempt(job: SettleAttemptJob, work: JobWork): Promise<JobOutcome> {
  const { tools, settings } = work;
  const files = attemptFiles(tools.paths.attemptsDir, job.attemptId);
  const host = await tools.platform.files.readHostIdentity(files);
  const released = tools.hosts.release(job.attemptId);
  const { worktree } = slotPaths({ paths: tools.paths, settings, ...job });
  const ending = endHost(job, host, released, work);
  ending.catch(() => undefined);
  // The order goes out first: while a process is made, nothing else is done.
  await pause(tools.clock, 0, work.signal);
  // The work of an agent whose turn is over is most likely what it stays: kept while agent and host end.
  const early = released?.isAgentResting === true ? keepExpected(job, worktree, work) : null;
  early?.catch(() => undefined);
  // Beside the host's end. Without it the next session starts all the same, only later.
  void tools.sessions.stayReady().catch(() => undefined);
  const hasEnded = await ending;
  // A tmux session ends with its process, as soon as tmux has noticed; to say so again would cost 5 ms.
  const endingSession = hasEnded && tools.hasTmux ? null : tools.sessions.end(sessionName(job.attemptId));
  // Awaited below; an error that comes before that must not end the daemon.
  endingSession?.catch(() => undefined);
  const endingRest = endRest(job, { host, groups: released?.processGroups ?? [] }, work);
  if (!hasEnded) await Promise.allSettled([endingRest, early]);
  // After a host that did as it was told nothing is left, so that need not be waited for.
  const keeping = keepRest(early, job, worktree, work);
  const forgetting = forgetSecrets(job, files, work);
  await Promise.allSettled([endingSession, endingRest, keeping, forgetting]);
  await Promise.all([endingSession, forgetting]);
  const { ended, survivors } = await endingRest;
  if (survivors.length > 0) throw processesLeft(job.attemptId, survivors);
  const wasDisturbed = hasEnded && ended.length > 0;
  return { kind: 'settle-attempt', ...(await (wasDisturbed ? keepWork(job, worktree, work) : keeping)) };
}

/** Nothing that the host was started with stays readable (G30). */
async function forgetSecrets(job: SettleAttemptJob, files: AttemptFiles, { tools }: JobWork): Promise<void> {
  const scripts = { stateDir: tools.paths.stateDir, name: sessionName(job.attemptId) };
  await Promise.all([
    tools.platform.files.forgetLaunchSecrets(files),
    removeLaunchScripts(scripts, tools.platform.files),
  ]);
}

/** Whether the host has ended, by the order to do so or before. */
async function endHost(
  job: SettleAttemptJob,
  host: ProcessIdentity | null,
  released: ReleasedHost | null,
  { tools, signal }: JobWork,
): Promise<boolean> {
  const channel = released?.channel ?? null;
  if (host === null || channel === null) return false;
  channel.send({ kind: 'end', reason: job.reason });
  const toldAt = tools.clock.now();
  let hasEnded = false;
  for (let waitedMs = 0; !hasEnded && waitedMs < END_GRACE_MS; waitedMs = tools.clock.now() - toldAt) {
    await pause(tools.clock, waitedMs < LATER_MS ? FIRST_LOOK_MS : LATER_LOOK_MS, signal);
    hasEnded = !(await tools.platform.processes.isAlive(host));
  }
  channel.end();
  return hasEnded;
}

function endRest(
  { attemptId }: SettleAttemptJob,
  left: { readonly host: ProcessIdentity | null; readonly groups: readonly ProcessIdentity[] },
  { tools, signal }: JobWork,
): Promise<EndedProcesses> {
  const groups = left.host === null ? left.groups : [left.host, ...left.groups];
  const processGroups = [...new Map(groups.map((group) => [group.pid, group])).values()];
  return tools.platform.processes.endAttemptProcesses({
    attemptId,
    homeId: tools.homeId,
    processGroups,
    hostStartTime: left.host?.startTime ?? null,
    graceMs: LEFTOVER_GRACE_MS,
    signal,
  });
}

function processesLeft(attemptId: string, pids: readonly number[]): JobProblemError {
  const list = pids.join(' ');
  return new JobProblemError({
    code: 'processes_left',
    message: `Processes of attempt ${attemptId} cannot be ended (${list}), so its slot is not free.`,
    output: null,
    next: [`ps -o pid,state,user,args -p ${pids.join(',')}`, `kill -9 ${list}`],
  });
}
