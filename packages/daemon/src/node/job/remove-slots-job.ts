import type { JobOutcome, RemoveSlotsJob } from '@tina/domain';
import type { JobWork } from './job-work.ts';
import { setupDirectory, slotPaths } from './slot-paths.ts';

/** What still runs of a run that has ended was asked to end before: by its attempt's settling, by its check. */
const GRACE_MS = 2_000;

/** Removes the run's worktrees, and ends what still runs of it. Done again, it finds them gone. */
export async function performRemoveSlots(job: RemoveSlotsJob, work: JobWork): Promise<JobOutcome> {
  const { tools, settings, git, signal } = work;
  const { processes, files } = tools.platform;
  const { runId } = job;
  const marker = { TINA_RUN: runId, TINA_HOME_ID: tools.homeId };
  const { survivors } = await processes.endMarked({ marker, graceMs: GRACE_MS, signal });
  if (survivors.length > 0)
    tools.log('warn', 'Processes of an ended run could not be ended.', { runId, survivors });
  let runDirectory: string | null = null;
  for (const slot of job.slots) {
    const { root, worktree, ...paths } = slotPaths({ paths: tools.paths, settings, runId, slot });
    await tools.platform.git.removeWorktree({ ...git, root, path: worktree });
    tools.knownSlots.delete(worktree);
    ({ runDirectory } = paths);
  }
  await files.removeTree(setupDirectory(tools.paths.stateDir, runId));
  if (runDirectory !== null) await files.removeIfEmpty(runDirectory);
  return { kind: 'remove-slots' };
}
