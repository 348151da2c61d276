import { join } from 'node:path';
import { secretsOf } from '@tina/agents';
import { slotDirectory } from '@tina/domain';
import { commandEnvironment } from './command-environment.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';
import { slotPaths } from './slot-paths.ts';

export interface SlotRequest {
  readonly runId: string;
  readonly slot: number;
  readonly commit: string;
  /** Null: detached. */
  readonly branch: string | null;
  readonly withSetup: boolean;
}

/** Whether the slot only has to be reset, as far as this daemon knows. */
export function isSlotKnown(
  worktree: string,
  { withSetup }: SlotRequest,
  { settings, tools }: JobWork,
): boolean {
  const known = tools.knownSlots.get(worktree);
  const isEnough = known !== undefined && (known.isSetUp || !withSetup || settings.setup === null);
  return isEnough && tools.platform.files.exists(join(worktree, '.git'));
}

/**
 * Brings a slot to a commit: its worktree made when there is none, nothing left of what was in it but what git ignores,
 * the included files brought along, set up once. Answers with its path.
 * @throws JobProblemError `setup_failed`
 */
export async function prepareSlot(request: SlotRequest, work: JobWork): Promise<string> {
  const { settings, tools, git } = work;
  const { worktree, setupStamp } = slotPaths({ paths: tools.paths, settings, ...request });
  const reset = (): Promise<void> => tools.platform.git.resetWorktree({ ...git, ...request, path: worktree });
  await resetOrMake(reset, worktree, request.commit, work);
  await tools.platform.git.copyIncluded({ ...git, path: worktree, include: settings.include });
  if (!request.withSetup || settings.setup === null) return worktree;
  const named = settings.env ?? [];
  const result = await tools.platform.commands.runSetup({
    ...settings.setup,
    cwd: worktree,
    env: commandEnvironment({ ...tools, runId: request.runId, named }),
    secrets: secretsOf(tools.environment, named),
    outputPath: join(tools.paths.checksDir, request.runId, `setup-${slotDirectory(request.slot)}.log`),
    stampPath: setupStamp,
    signal: work.signal,
  });
  if (result.kind === 'failed') throw setupFailed(settings.setup.command, worktree, result);
  // What it changed in tracked files would be taken for the agent's work, and is gone at the next reset anyway.
  if (result.ran) await reset();
  tools.knownSlots.set(worktree, { isSetUp: true });
  return worktree;
}

/** A slot that was seen complete before is reset without looking at it from all sides: that saves a git process. */
async function resetOrMake(
  reset: () => Promise<void>,
  path: string,
  commit: string,
  work: JobWork,
): Promise<void> {
  const { git, tools } = work;
  if (tools.knownSlots.has(path)) {
    try {
      return await reset();
    } catch {
      // Somebody has been at it: what is wrong, and whether it can be mended, comes out below.
      work.signal.throwIfAborted();
      tools.knownSlots.delete(path);
    }
  }
  await tools.platform.git.prepareWorktree({ ...git, path, commit });
  await reset();
  tools.knownSlots.set(path, { isSetUp: false });
}

function setupFailed(
  command: string,
  worktree: string,
  result: { readonly reason: string; readonly outputTail: string; readonly outputPath: string | null },
): JobProblemError {
  return new JobProblemError({
    code: 'setup_failed',
    message: `The set-up command "${command}" failed in ${worktree}: ${result.reason}.`,
    output: result.outputTail,
    next: [
      ...(result.outputPath === null ? [] : [`less ${result.outputPath}`]),
      'correct "setup" in .tina/config.yaml, or what it runs; a run keeps the settings it began with',
    ],
  });
}
