import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

import { markerPairs } from './environment-marker.ts';
import type { FindProcesses, FoundProcess, ProcessEntry, ProcessTable } from './process-table.ts';
import { readProcFile } from './read-proc-file.ts';

/**
 * Reads of `/proc` under way at once. They go through the thread pool, because reading the environment of a process
 * that is stuck in the kernel can block; more than the pool's four threads gain nothing.
 */
const CONCURRENT_READS = 8;

/** Listings of one search. On a machine that starts processes all the time, each listing shows a few new ones. */
const MAX_LISTINGS = 50;

/** A minute: whoever names the first process of an attempt may have had a rival that was started a moment earlier. */
const AGE_MARGIN_TICKS = 6_000;

/** `/proc`. The start time is in clock ticks since boot, so the boot's id stands beside it. */
export const linuxProcessTable: ProcessTable = {
  async read(pid) {
    return readEntry(pid, await readBootId());
  },

  /**
   * A process that starts its successor and ends would slip through a single listing. So what is new since is read too,
   * until a listing shows nothing new: whatever is alive then has been looked at.
   */
  async find(parameters) {
    const bootId = await readBootId();
    const pairs = markerPairs(parameters.marker).map((pair) => Buffer.from(`\0${pair}\0`));
    const found: FoundProcess[] = [];
    const seen = new Set<string>();
    for (let listing = 0; listing < MAX_LISTINGS; listing += 1) {
      const pids = readdirSync('/proc').filter((name) => isPid(name) && !seen.has(name));
      if (pids.length === 0) break;
      for (const pid of pids) seen.add(pid);
      found.push(...(await readMatching(pids, bootId, pairs, parameters)));
    }
    return found;
  },

  async readVariable(pid, name) {
    const environment = await readProcFile(`/proc/${pid}/environ`);
    const pairs = environment?.toString('utf8').split('\0') ?? [];
    return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  },
};

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}

/**
 * The start time is read before the environment: should the pid change hands in between, the entry holds the start time
 * of the process that is gone, and whoever is about to signal it sees that.
 */
async function readMatching(
  pids: readonly string[],
  bootId: string,
  pairs: readonly Buffer[],
  { groupIds, notBefore }: FindProcesses,
): Promise<readonly FoundProcess[]> {
  const running = pids
    .map((pid) => readEntry(Number(pid), bootId))
    .filter((entry) => entry !== null)
    .filter((entry) => !entry.isZombie);
  const found: FoundProcess[] = [];
  const work = running[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const entry of work) {
      const carriesMarker = !isOlder(entry.startTime, notBefore) && (await carries(entry.pid, pairs));
      if (carriesMarker || groupIds.has(entry.groupId)) found.push({ ...entry, carriesMarker });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, worker));
  return found;
}

/** A start of another boot says nothing. */
function isOlder(startTime: string, than: string | null): boolean {
  const [ticks, bootId] = startTime.split('@');
  const [thanTicks, thanBootId] = than?.split('@') ?? [];
  return bootId === thanBootId && Number(ticks) < Number(thanTicks) - AGE_MARGIN_TICKS;
}

async function carries(pid: number, pairs: readonly Buffer[]): Promise<boolean> {
  const environment = await readProcFile(`/proc/${pid}/environ`);
  if (!environment || environment.length === 0) return false;
  const delimited = Buffer.concat([Buffer.of(0), environment, Buffer.of(0)]);
  return pairs.every((pair) => delimited.includes(pair));
}

function readEntry(pid: number, bootId: string): ProcessEntry | null {
  const stat = readStat(pid);
  return stat === null || stat === '' ? null : parseStat(stat, bootId);
}

/** More than 52 numbers of at most 20 digits and a name of at most 64 bytes. */
const statBuffer = Buffer.alloc(2048);

/** Not by the thread pool, which would cost more than the call: the kernel answers this one from memory. */
function readStat(pid: number): string | null {
  try {
    const file = openSync(`/proc/${pid}/stat`, 'r');
    try {
      return statBuffer.toString('latin1', 0, readSync(file, statBuffer));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** `pid (name) state ppid pgrp ... starttime`; the name may hold spaces and parentheses, so fields count from its end. */
export function parseStat(stat: string, bootId: string): ProcessEntry | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const pid = Number.parseInt(stat, 10);
  const [state, , groupId] = fields;
  const ticks = fields[19];
  if (!Number.isSafeInteger(pid) || state === undefined || groupId === undefined || ticks === undefined) {
    return null;
  }
  return {
    pid,
    groupId: Number(groupId),
    startTime: `${ticks}@${bootId}`,
    isZombie: state === 'Z' || state === 'X',
  };
}

let bootIdOnce: Promise<string> | null = null;

function readBootId(): Promise<string> {
  bootIdOnce ??= readProcFile('/proc/sys/kernel/random/boot_id').then(
    (content) => content?.toString('latin1').trim() ?? '',
  );
  return bootIdOnce;
}
