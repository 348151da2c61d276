import { rm } from 'node:fs/promises';
import { type RemovableRemain, TinaError } from '@tina/contract';
import { endAttemptProcesses, isAlive, readGroupLeader } from '../../process/index.ts';
import type { Sessions } from '../../session/index.ts';

/** How long a process may take to end by itself. */
const GRACE_MS = 500;

export interface RemovalTools {
  readonly sessions: Sessions;
  readonly homeId: string;
}

/** Ends a session or a process, or deletes files that nobody's work is in. Done again, it finds it done. */
export async function removeRemain(remain: RemovableRemain, tools: RemovalTools): Promise<void> {
  if (remain.kind === 'session') return tools.sessions.end(remain.name);
  if (remain.kind === 'process') return endProcess(remain, tools);
  await rm(remain.name, { recursive: true, force: true });
}

/** Ends whatever of the attempt still runs, the process's group too where it leads one; if it is gone, nothing at all (G11). */
async function endProcess({ process, of }: RemovableRemain, { homeId }: RemovalTools): Promise<void> {
  if (process === null || !(await isAlive(process))) return;
  const leader = await readGroupLeader(process);
  const processGroups = leader === null ? [] : [leader];
  const { survivors } = await endAttemptProcesses({
    attemptId: of.id,
    homeId,
    processGroups,
    graceMs: GRACE_MS,
  });
  if (survivors.length === 0) return;
  throw new TinaError({
    code: 'process_survived',
    message: `Process ${survivors.join(', ')} cannot be ended: it is stuck in the kernel, or another user's.`,
    next: [`ps -o pid,user,stat,command -p ${survivors.join(',')}`],
  });
}
