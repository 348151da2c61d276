import type { Client } from '@tina/client';
import { TinaError, type RunSummaryView } from '@tina/contract';
import { findRepository } from './find-repository.ts';

/**
 * The run a command is about. Left out, it is the newest active run of the project that holds the folder; without one, the
 * only active run of all; without any, the project's newest run.
 *
 * @throws TinaError `no_run`, or `run_ambiguous` with the ids to choose from
 */
export async function chooseRun(client: Client, given: string | undefined, cwd: string): Promise<string> {
  if (given !== undefined) return given;
  const repository = findRepository(cwd);
  const inProject = (run: RunSummaryView): boolean => run.repository === repository;
  const active = await client.call('run.list', { active: true });
  const here = active.find(inProject);
  if (here !== undefined) return here.id;
  const [first, ...others] = active;
  if (first !== undefined && others.length === 0) return first.id;
  if (first !== undefined) throw ambiguous(active);
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

function ambiguous(runs: readonly RunSummaryView[]): TinaError {
  return new TinaError({
    code: 'run_ambiguous',
    message: 'Several runs are active, none of them in this project: say which one is meant.',
    details: runs.map((run) => `${run.id}  ${run.feature}  ${run.status}  ${run.repository}`),
    next: runs.slice(0, 3).map((run) => `tina status ${run.id}`),
  });
}
