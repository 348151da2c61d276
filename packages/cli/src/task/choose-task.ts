import type { Client } from '@tina/client';
import { TinaError } from '@tina/contract';
import { chooseRun } from '../run/choose-run.ts';

/** What the tasks of every run are called; everything else is an id, or names its run. */
const TASK_NAME = /^(validate-design|finalize|(plan|execute|review)-phase-[\d.]+|phase-[\d.]+-task-\d+)$/;

/**
 * The task a command is about. A name alone is that of the run that is meant where none is named.
 *
 * @throws TinaError as `chooseRun`, with the task in each of the runs to choose from
 */
export async function chooseTask(client: Client, given: string, cwd: string): Promise<string> {
  if (!TASK_NAME.test(given)) return given;
  try {
    return `${await chooseRun(client, undefined, cwd)}/${given}`;
  } catch (error) {
    if (!(error instanceof TinaError) || error.code !== 'ambiguous_run') throw error;
    const { code, message, details, next } = error;
    const runs = next.map((line) => line.split(' ').at(-1));
    throw new TinaError({ code, message, details, next: runs.map((run) => `tina task ${run}/${given}`) });
  }
}
