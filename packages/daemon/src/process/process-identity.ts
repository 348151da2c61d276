import type { ProcessTable } from './process-table.ts';
import { systemProcessTable } from './system-process-table.ts';

/** One process and no other: pids are used again, a pid together with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /**
   * Opaque. Linux: field 22 of `/proc/<pid>/stat` (clock ticks since boot), `@`, the boot's id. Elsewhere: `lstart` of
   * `ps`, in UTC. What another program recorded without the boot's id is compared by its ticks alone.
   */
  readonly startTime: string;
}

/** Null when no process with this pid is running; a zombie counts as gone. */
export async function readProcessIdentity(
  pid: number,
  table: ProcessTable = systemProcessTable(),
): Promise<ProcessIdentity | null> {
  const entry = await table.read(pid);
  return entry && !entry.isZombie ? { pid, startTime: entry.startTime } : null;
}

/** Whether exactly this process is still running. */
export async function isAlive(
  identity: ProcessIdentity,
  table: ProcessTable = systemProcessTable(),
): Promise<boolean> {
  const now = await readProcessIdentity(identity.pid, table);
  return now !== null && isSameProcess(now, identity);
}

/** The process itself when it is still there and leads a process group, else null. */
export async function readGroupLeader(
  identity: ProcessIdentity,
  table: ProcessTable = systemProcessTable(),
): Promise<ProcessIdentity | null> {
  const entry = await table.read(identity.pid);
  return entry && isSameProcess(entry, identity) && entry.groupId === identity.pid ? identity : null;
}

/** See `ProcessTable.readVariable`. */
export function readVariable(
  pid: number,
  name: string,
  table: ProcessTable = systemProcessTable(),
): Promise<string | null> {
  return table.readVariable(pid, name);
}

/** Whether both name the same incarnation. */
export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  if (one.pid !== other.pid) return false;
  if (one.startTime === other.startTime) return true;
  const [ticks, boot] = one.startTime.split('@');
  const [otherTicks, otherBoot] = other.startTime.split('@');
  return ticks === otherTicks && (boot === undefined || otherBoot === undefined);
}
