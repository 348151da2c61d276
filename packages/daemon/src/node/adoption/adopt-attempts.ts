import type { HeldAttempt, NodeApi } from '@tina/contract';
import { endAttemptProcesses, isAlive, type ProcessIdentity } from '../../process/index.ts';
import { attemptFiles, readHostIdentity } from '../attempt/attempt-files.ts';
import type { HostRegistry } from '../host/host-registry.ts';
import { pause, type NodeClock } from '../node-clock.ts';
import type { NodeLog } from '../node-options.ts';

/** A host looks for the daemon every 200 ms. */
const RECONNECT_LIMIT_MS = 10_000;
const KILL_GRACE_MS = 500;

export interface Adoption {
  readonly attemptsDir: string;
  readonly homeId: string;
  readonly hosts: HostRegistry;
  readonly api: NodeApi;
  readonly clock: NodeClock;
  readonly log: NodeLog;
  readonly signal: AbortSignal;
}

/** Begins to expect the hosts of all attempts that the control plane believes to be alive here (G14). */
export function expectHeld(attempts: readonly HeldAttempt[], hosts: HostRegistry): void {
  for (const { attemptId, epoch, status } of attempts) {
    const stage = status === 'starting' ? 'awaited' : 'running';
    hosts.expect({ attemptId, epoch, stage, isParked: status === 'parked' });
  }
}

/**
 * Finds out which of the attempts' hosts live. One that does comes back by itself; the attempt of one that does not is
 * lost, with what is left of it ended first. What is still `starting` is left to its job, which is in the queue again.
 */
export async function adoptAttempts(attempts: readonly HeldAttempt[], adoption: Adoption): Promise<void> {
  const begun = attempts.filter(({ status }) => status !== 'starting');
  await Promise.all(begun.map((attempt) => adopt(attempt, adoption)));
}

async function adopt(attempt: HeldAttempt, adoption: Adoption): Promise<void> {
  const { attemptId } = attempt;
  const { attemptsDir, hosts, clock, log, signal } = adoption;
  try {
    const host = await readHostIdentity(attemptFiles(attemptsDir, attemptId));
    if (host === null || !(await isAlive(host))) {
      return await lose(attempt, host, 'its agent host had ended when the daemon started', adoption);
    }
    await pause(clock, RECONNECT_LIMIT_MS, signal);
    if (hosts.get(attemptId)?.hasConnected !== false) return;
    await lose(attempt, host, 'its agent host did not come back to the daemon', adoption);
  } catch (error) {
    // What is not said now is said by the end of its lease.
    if (!signal.aborted) log('error', 'An attempt could not be adopted.', { attemptId, error });
  }
}

async function lose(
  { attemptId, epoch }: HeldAttempt,
  host: ProcessIdentity | null,
  reason: string,
  { homeId, hosts, api, log, signal }: Adoption,
): Promise<void> {
  log('warn', `An attempt is lost: ${reason}.`, { attemptId });
  hosts.release(attemptId);
  const processGroups = host === null ? [] : [host];
  await endAttemptProcesses({ attemptId, homeId, processGroups, graceMs: KILL_GRACE_MS, signal });
  await api.loseAttempt({ attemptId, epoch, reason });
}
