import { sessionName } from '@tina/domain';
import type { Sessions } from '../../session/index.ts';
import { nodeWorkMarker } from '../job/command-environment.ts';
import type { NodeLog } from '../node-options.ts';
import type { NodePlatform } from '../platform/node-platform.ts';

const GRACE_MS = 500;
/** Whatever else somebody puts into the attempts' folder is no attempt. */
const ID = /^[\w-]+$/;

export interface Orphans {
  readonly homeId: string;
  readonly attemptsDir: string;
  readonly sessions: Sessions;
  readonly platform: NodePlatform;
  /** The attempts that are held by now; some may have been claimed a moment ago. */
  readonly heldAttempts: () => readonly string[];
  readonly log: NodeLog;
  readonly signal: AbortSignal;
}

/** Ends the checks and set-ups that a killed daemon left: their jobs are done again, in the same worktrees. */
export async function endAbandonedCommands(
  homeId: string,
  { processes }: NodePlatform,
  signal: AbortSignal,
): Promise<void> {
  await processes.endMarked({ marker: nodeWorkMarker(homeId), graceMs: GRACE_MS, signal });
}

/** Ends the sessions and processes of attempts that nobody holds any more (G14). */
export async function endOrphans(orphans: Orphans): Promise<void> {
  const { log, signal } = orphans;
  try {
    await endOrphanSessions(orphans);
    await endOrphanProcesses(orphans);
  } catch (error) {
    if (!signal.aborted) log('error', 'What an earlier daemon left could not be ended.', { error });
  }
}

async function endOrphanSessions({ sessions, heldAttempts, log }: Orphans): Promise<void> {
  // In this order: an attempt that is being started is held before its session is there.
  for (const name of await sessions.list()) {
    if (heldAttempts().some((attemptId) => sessionName(attemptId) === name)) continue;
    log('info', 'A session without an attempt is ended.', { session: name });
    await sessions.end(name);
  }
}

/**
 * Asks for each attempt alone only when there is something to find: one look through all processes takes milliseconds,
 * and there may be thousands of folders.
 */
async function endOrphanProcesses(orphans: Orphans): Promise<void> {
  const { homeId, attemptsDir, heldAttempts, log, signal } = orphans;
  const { processes, files } = orphans.platform;
  const strangers = new Set((await processes.findMarked({ TINA_HOME_ID: homeId })).map(({ pid }) => pid));
  for (const attemptId of strangers.size === 0 ? [] : heldAttempts()) {
    for (const { pid } of await processes.findAttemptProcesses({ attemptId, homeId })) strangers.delete(pid);
  }
  const folders = strangers.size === 0 ? [] : await files.namesIn(attemptsDir);
  for (const attemptId of folders.filter((name) => ID.test(name))) {
    if (strangers.size === 0) return;
    if (heldAttempts().includes(attemptId)) continue;
    const { ended } = await processes.endAttemptProcesses({
      attemptId,
      homeId,
      processGroups: [],
      graceMs: GRACE_MS,
      signal,
    });
    if (ended.length > 0) log('info', 'Processes without an attempt were ended.', { attemptId, pids: ended });
    for (const pid of ended) strangers.delete(pid);
  }
}
