import { rm, rmdir } from 'node:fs/promises';
import type { JobOutcome, RemoveSlotsJob } from '@tina/domain';
import { removeWorktree } from '../../git/index.ts';
import { endMarkedProcesses } from '../../process/index.ts';
import type { JobWork } from './job-work.ts';
import { setupDirectory, slotPaths } from './slot-paths.ts';

/** What still runs of a run that has ended was asked to end before: by its attempt's settling, by its check. */
const GRACE_MS = 2_000;

/** Removes the run's worktrees, and ends what still runs of it. Done again, it finds them gone. */
export async function performRemoveSlots(job: RemoveSlotsJob, work: JobWork): Promise<JobOutcome> {
  const { tools, settings, git, signal } = work;
  const { runId } = job;
  const marker = { TINA_RUN: runId, TINA_HOME_ID: tools.homeId };
  const { survivors } = await endMarkedProcesses({ marker, processGroups: [], graceMs: GRACE_MS, signal });
  if (survivors.length > 0)
    tools.log('warn', 'Processes of an ended run could not be ended.', { runId, survivors });
  let runDirectory: string | null = null;
  for (const slot of job.slots) {
    const { root, worktree, ...paths } = slotPaths({ paths: tools.paths, settings, runId, slot });
    await removeWorktree({ ...git, root, path: worktree });
    tools.knownSlots.delete(worktree);
    ({ runDirectory } = paths);
  }
  await rm(setupDirectory(tools.paths.stateDir, runId), { recursive: true, force: true });
  if (runDirectory !== null) await removeIfEmpty(runDirectory);
  return { kind: 'remove-slots' };
}

async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
