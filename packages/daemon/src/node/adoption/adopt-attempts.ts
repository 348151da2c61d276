import type { HeldAttempt, NodeApi } from '@tina/contract';
import type { ProcessIdentity } from '../../process/index.ts';
import { attemptFiles } from '../attempt/attempt-files.ts';
import type { HostedAttempt } from '../host/hosted-attempt.ts';
import type { HostRegistry } from '../host/host-registry.ts';
import { pause, type NodeClock } from '../node-clock.ts';
import type { NodeLog } from '../node-options.ts';
import type { NodePlatform } from '../platform/node-platform.ts';
import { hearSpool } from '../turn/hear-spool.ts';

/** A host looks for the daemon every 200 ms. */
const RECONNECT_LIMIT_MS = 10_000;
const KILL_GRACE_MS = 500;

export interface Adoption {
  readonly attemptsDir: string;
  readonly platform: NodePlatform;
  readonly homeId: string;
  readonly hosts: HostRegistry;
  readonly api: NodeApi;
  readonly clock: NodeClock;
  readonly log: NodeLog;
  readonly signal: AbortSignal;
  /** An attempt goes on without its host, so its lease is to be extended. */
  readonly onKept: () => void;
}

/** Begins to expect the hosts of all attempts that the control plane believes to be alive here (G14). */
export function expectHeld(attempts: readonly HeldAttempt[], hosts: HostRegistry): void {
  for (const { attemptId, epoch, status, turn, isTurnOver } of attempts) {
    const stage = status === 'starting' ? 'awaited' : 'running';
    const isParked = status === 'parked' || status === 'waking';
    const hosted = hosts.expect({ attemptId, epoch, stage, isParked });
    if (status === 'waking') hosted.wakesWith(turn);
    if (isTurnOver) hosted.turnEnded(turn);
  }
}

/**
 * Finds out which of the attempts' hosts live. One that does comes back by itself. Of one that does not, what is left is
 * ended and its last words are heard: if they end its turn, the attempt goes on without it, else it is lost. What is still
 * `starting` is left to its job, which is in the queue again.
 */
export async function adoptAttempts(attempts: readonly HeldAttempt[], adoption: Adoption): Promise<void> {
  const begun = attempts.filter(({ status }) => status !== 'starting');
  await Promise.all(begun.map((attempt) => adopt(attempt, adoption)));
}

async function adopt(attempt: HeldAttempt, adoption: Adoption): Promise<void> {
  const { attemptId } = attempt;
  const { attemptsDir, platform, hosts, clock, log, signal } = adoption;
  try {
    const host = await platform.files.readHostIdentity(attemptFiles(attemptsDir, attemptId));
    if (host === null || !(await platform.processes.isAlive(host))) {
      return await bury(attempt, host, 'its agent host had ended when the daemon started', adoption);
    }
    await pause(clock, RECONNECT_LIMIT_MS, signal);
    if (hosts.get(attemptId)?.hasConnected !== false) return;
    await bury(attempt, host, 'its agent host did not come back to the daemon', adoption);
  } catch (error) {
    // What is not said now is said by the end of its lease.
    if (!signal.aborted) log('error', 'An attempt could not be adopted.', { attemptId, error });
  }
}

/** The attempt's host is no more, or ends now: what is left of it is ended, then its last words decide. */
async function bury(
  { attemptId, epoch }: HeldAttempt,
  host: ProcessIdentity | null,
  reason: string,
  adoption: Adoption,
): Promise<void> {
  const { homeId, platform, hosts, api, log, signal, onKept } = adoption;
  const processGroups = host === null ? [] : [host];
  await platform.processes.endAttemptProcesses({
    attemptId,
    homeId,
    processGroups,
    graceMs: KILL_GRACE_MS,
    signal,
  });
  const hosted = hosts.get(attemptId);
  if (hosted?.epoch === epoch && (await hasFinished(hosted, adoption))) {
    log('info', `An attempt goes on without its host: its turn is over, and ${reason}.`, { attemptId });
    hosted.hostEnded();
    return onKept();
  }
  log('warn', `An attempt is lost: ${reason}.`, { attemptId });
  hosts.release(attemptId);
  await api.loseAttempt({ attemptId, epoch, reason });
}

async function hasFinished(hosted: HostedAttempt, adoption: Adoption): Promise<boolean> {
  await hearSpool(hosted, { ...adoption, files: adoption.platform.files });
  return hosted.needsNoHost;
}
