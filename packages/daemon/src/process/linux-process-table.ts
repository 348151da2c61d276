import { readdir } from 'node:fs/promises';

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
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && !seen.has(name));
      if (pids.length === 0) break;
      for (const pid of pids) seen.add(pid);
      await readAll(pids, async (pid) => {
        const entry = await matchingEntry(Number(pid), bootId, pairs, parameters);
        if (entry) found.push(entry);
      });
    }
    return found;
  },
};

async function readAll(pids: readonly string[], readOne: (pid: string) => Promise<void>): Promise<void> {
  const work = pids[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const pid of work) await readOne(pid);
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, worker));
}

/**
 * The start time is read before the environment: should the pid change hands in between, the entry holds the start time
 * of the process that is gone, and whoever is about to signal it sees that.
 */
async function matchingEntry(
  pid: number,
  bootId: string,
  pairs: readonly Buffer[],
  { groupIds }: FindProcesses,
): Promise<FoundProcess | null> {
  const entry = await readEntry(pid, bootId);
  if (!entry || entry.isZombie) return null;
  const carriesMarker = await carries(pid, pairs);
  return carriesMarker || groupIds.has(entry.groupId) ? { ...entry, carriesMarker } : null;
}

async function carries(pid: number, pairs: readonly Buffer[]): Promise<boolean> {
  const environment = await readProcFile(`/proc/${pid}/environ`);
  if (!environment || environment.length === 0) return false;
  const delimited = Buffer.concat([Buffer.of(0), environment, Buffer.of(0)]);
  return pairs.every((pair) => delimited.includes(pair));
}

async function readEntry(pid: number, bootId: string): Promise<ProcessEntry | null> {
  const stat = await readProcFile(`/proc/${pid}/stat`);
  return stat && stat.length > 0 ? parseStat(stat.toString('latin1'), bootId) : null;
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

async function readBootId(): Promise<string> {
  const bootId = await readProcFile('/proc/sys/kernel/random/boot_id');
  return bootId?.toString('latin1').trim() ?? '';
}
