import { setTimeout as delay } from 'node:timers/promises';

import { assertMarker } from './assert-marker.ts';
import type { EnvironmentMarker } from './environment-marker.ts';
import { OwnedGroups } from './owned-groups.ts';
import type { ProcessGroup } from './owned-groups.ts';
import { isAlive } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { FoundProcess, ProcessTable } from './process-table.ts';
import { systemProcessTable } from './system-process-table.ts';

/** From the first SIGKILL: only a process stuck in the kernel outlives it; then the caller is told. */
const KILL_LIMIT_MS = 5_000;
/** After a SIGKILL, look again so soon for what was started meanwhile. */
const KILL_PAUSE_MS = 100;
const FIRST_POLL_MS = 2;
const LONGEST_POLL_MS = 25;
/** A process that is just being executed shows no environment, so one empty scan could be a lucky moment. */
const QUIET_SCANS = 2;

export interface EndMarkedProcesses {
  readonly marker: EnvironmentMarker;
  /** Groups to be ended as a whole, each named by its leader. One whose leader is somebody else by now is left alone. */
  readonly processGroups: readonly ProcessGroup[];
  /** See `FindProcesses.notBefore`. */
  readonly notBefore?: string | null;
  /** How long what was asked to end (SIGTERM) may take before it is made to (SIGKILL). 0: at once. */
  readonly graceMs: number;
  readonly signal?: AbortSignal;
  readonly table?: ProcessTable;
}

export interface EndedProcesses {
  /** Pids that are gone, in ascending order. */
  readonly ended: readonly number[];
  /** Pids that were still there after SIGKILL and five seconds: stuck in the kernel, or of another user. */
  readonly survivors: readonly number[];
}

/** Every running process that carries the marker, the caller itself left out. */
export async function findMarkedProcesses(
  marker: EnvironmentMarker,
  table: ProcessTable = systemProcessTable(),
): Promise<readonly ProcessIdentity[]> {
  assertMarker(marker);
  const found = await table.find({ marker, groupIds: new Set(), notBefore: null });
  return found.filter(({ pid }) => pid !== process.pid).map(({ pid, startTime }) => ({ pid, startTime }));
}

/**
 * Ends everything that carries the marker and every member of the groups, and looks again until nothing is found: what
 * is started meanwhile, has left its group and session, or is stopped, is caught too. Signals only exact incarnations,
 * never the caller; throws `ProcessTargetError`, and the signal's reason when it is aborted.
 */
export async function endMarkedProcesses(parameters: EndMarkedProcesses): Promise<EndedProcesses> {
  const {
    marker,
    processGroups,
    notBefore = null,
    graceMs,
    signal,
    table = systemProcessTable(),
  } = parameters;
  assertMarker(marker);
  const groups = await OwnedGroups.of(processGroups, table);
  const seen = new Set<number>();
  const killAt = performance.now() + graceMs;
  const giveUpAt = killAt + KILL_LIMIT_MS;
  let found: readonly FoundProcess[] = [];
  for (let quietScans = 0; quietScans < QUIET_SCANS;) {
    signal?.throwIfAborted();
    found = await groups.keepOwned(await table.find({ marker, groupIds: groups.ids, notBefore }));
    found = found.filter(({ pid }) => pid !== process.pid && pid > 1);
    quietScans = found.length === 0 ? quietScans + 1 : 0;
    const now = performance.now();
    if (found.length === 0) continue;
    if (now >= giveUpAt) break;
    for (const { pid } of found) seen.add(pid);
    await send(now < killAt ? 'SIGTERM' : 'SIGKILL', { found, groups, table });
    await waitUntilGone(found, { until: now < killAt ? killAt : now + KILL_PAUSE_MS, signal, table });
  }
  const survivors = found.map(({ pid }) => pid).toSorted((one, other) => one - other);
  const ended = [...seen].filter((pid) => !survivors.includes(pid)).toSorted((one, other) => one - other);
  return { ended, survivors };
}

interface Targets {
  readonly found: readonly FoundProcess[];
  readonly groups: OwnedGroups;
  readonly table: ProcessTable;
}

/** Groups first and as a whole: nothing in them can fork past that. */
async function send(signal: NodeJS.Signals, { found, groups, table }: Targets): Promise<void> {
  const groupIds = new Set(found.map(({ groupId }) => groupId).filter((groupId) => groups.ids.has(groupId)));
  for (const groupId of groupIds) kill(-groupId, signal);
  for (const entry of found) {
    if (!groupIds.has(entry.groupId) && (await isAlive(entry, table))) kill(entry.pid, signal);
  }
}

function kill(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone already, or not ours to signal: the next scan tells which.
  }
}

interface Wait {
  readonly until: number;
  readonly signal: AbortSignal | undefined;
  readonly table: ProcessTable;
}

async function waitUntilGone(found: readonly FoundProcess[], { until, signal, table }: Wait): Promise<void> {
  let left = found;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
    const states = await Promise.all(left.map((entry) => isAlive(entry, table)));
    left = left.filter((_, index) => states[index]);
    const restMs = until - performance.now();
    if (left.length === 0 || restMs <= 0) return;
    signal?.throwIfAborted();
    await delay(Math.min(pollMs, restMs));
  }
}
