import type { Client } from '@tina/client';
import { TinaError, type RunSummaryView } from '@tina/contract';
import { findRepository } from './find-repository.ts';

/**
 * The run a command is about. Left out, it is the only active run of the project that holds the folder; without one,
 * the only active run of all; without any, the project's newest run.
 *
 * @throws TinaError `no_run`, or `ambiguous_run` with the ids to choose from
 */
export async function chooseRun(client: Client, given: string | undefined, cwd: string): Promise<string> {
  if (given !== undefined) return given;
  const repository = findRepository(cwd);
  const inProject = (run: RunSummaryView): boolean => run.repository === repository;
  const active = await client.call('run.list', { active: true });
  const here = active.filter(inProject);
  const [first, ...others] = here.length > 0 ? here : active;
  if (first !== undefined && others.length === 0) return first.id;
  if (here.length > 0) throw ambiguous(here, ' in this project');
  if (first !== undefined) throw ambiguous(active, ', none of them in this project');
  const ended = (await client.call('run.list', {})).find(inProject);
  if (ended !== undefined) return ended.id;
  throw new TinaError({
    code: 'no_run',
    message:
      repository === null ? 'No run is active.' : 'This project has no run, and no other run is active.',
    ...(repository === null ? {} : { place: { file: repository } }),
    next: ['tina orchestrate <design.md>', 'tina runs'],
  });
}

function ambiguous(runs: readonly RunSummaryView[], where: string): TinaError {
  return new TinaError({
    code: 'ambiguous_run',
    message: `${runs.length} runs are active${where}: name one by its id.`,
    details: runs.map((run) => `${run.id}  ${run.feature}  ${run.status}  ${run.repository}`),
    next: runs.map((run) => `tina status ${run.id}`),
  });
}
