import { isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { ProcessTargetError } from './process-target-error.ts';
import type { FoundProcess, ProcessTable } from './process-table.ts';

/** A process group, known by its leader. */
export interface ProcessGroup extends ProcessIdentity {
  /** The caller started the leader and has just been told of its end, so the number is not yet anybody else's. */
  readonly hasJustEnded?: boolean;
}

/**
 * Process groups that may be signalled as a whole, each known by its leader. The kernel gives a group's number to nobody
 * else while the leader (a zombie too) or any member is there. So a group is ours while its leader is the one we know, or
 * while a member is left that we saw in it before; once neither holds it is given up for good. A leader that is gone when we
 * look for the first time proves nothing, unless the caller has seen it end.
 */
export class OwnedGroups {
  readonly #leaders = new Map<number, ProcessGroup>();
  readonly #members = new Map<number, readonly FoundProcess[]>();
  readonly #table: ProcessTable;

  private constructor(leaders: readonly ProcessGroup[], table: ProcessTable) {
    for (const leader of leaders) this.#leaders.set(leader.pid, leader);
    this.#table = table;
  }

  /** Throws a `ProcessTargetError` for a leader that is no exact process, and for the caller's own group. */
  static async of(leaders: readonly ProcessGroup[], table: ProcessTable): Promise<OwnedGroups> {
    const own = await table.read(process.pid);
    for (const { pid, startTime } of leaders) {
      if (!Number.isSafeInteger(pid) || pid <= 1 || startTime === '') {
        throw new ProcessTargetError(`the process group ${pid} (${startTime}) names no exact process group`);
      }
      if (pid === process.pid || pid === own?.groupId) {
        throw new ProcessTargetError(`the process group ${pid} is the one this process belongs to`);
      }
    }
    return new OwnedGroups(leaders, table);
  }

  /** The numbers of the groups that are still ours as far as is known. */
  get ids(): ReadonlySet<number> {
    return new Set(this.#leaders.keys());
  }

  /** Leaves out of what a scan found the members of groups that are not ours (any more). */
  async keepOwned(found: readonly FoundProcess[]): Promise<readonly FoundProcess[]> {
    for (const [groupId, leader] of this.#leaders) {
      const members = found.filter((entry) => entry.groupId === groupId);
      if (await this.#isOurs(leader, members)) this.#members.set(groupId, members);
      else this.#leaders.delete(groupId);
    }
    return found.filter((entry) => entry.carriesMarker || this.#leaders.has(entry.groupId));
  }

  async #isOurs(leader: ProcessGroup, members: readonly FoundProcess[]): Promise<boolean> {
    const now = await this.#table.read(leader.pid);
    if (now) return isSameProcess(now, leader);
    const known = this.#members.get(leader.pid);
    if (!known) return leader.hasJustEnded === true;
    return members.some((member) => known.some((before) => isSameProcess(before, member)));
  }
}
