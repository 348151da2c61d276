import type { EventView, RunView } from '@tina/contract';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { until } from '../../sandbox/until.ts';
import { launch } from '../launch.ts';

/** Starts the run, and waits until both of its parallel agents are in the middle of their work. */
export async function untilAtWork(sandbox: Sandbox): Promise<void> {
  await (await launch(sandbox)).done();
  await Promise.all([sandbox.reached('one'), sandbox.reached('two')]);
}

export async function releaseBoth(sandbox: Sandbox): Promise<void> {
  await sandbox.release('one');
  await sandbox.release('two');
}

export async function eventsNow(sandbox: Sandbox): Promise<readonly EventView[]> {
  return sandbox.jsonLines<EventView>('events', 'sample');
}

/** Waits until the run needs a person, or is over. */
export async function untilAtRest(sandbox: Sandbox): Promise<RunView> {
  let run: RunView | null = null;
  await until(
    'the run is at rest',
    async () => {
      run = await sandbox.json<RunView>('status', 'sample');
      return ['blocked', 'complete', 'cancelled'].includes(run.status);
    },
    80_000,
  );
  if (run === null) throw new Error('there is no run');
  return run;
}

export async function countOf(sandbox: Sandbox, type: string): Promise<number> {
  return (await eventsNow(sandbox)).filter((event) => event.type === type).length;
}
