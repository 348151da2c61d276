import { Sandbox } from '../sandbox/sandbox.ts';
import { DebugPort, type HeldCommit } from './debug-port.ts';
import { launch } from './launch.ts';
import { CRASH_SANDBOX } from './play-plan.ts';

/** Events that one transaction committed together. */
export interface Transaction {
  readonly first: number;
  readonly last: number;
  readonly types: readonly string[];
}

const STEP_TIMEOUT_MS = 30_000;

/**
 * Plays the run once from commit to commit, and answers with all of them: the points of the matrix. Nothing is killed.
 */
export async function walk(): Promise<readonly Transaction[]> {
  const sandbox = await Sandbox.create(CRASH_SANDBOX);
  try {
    const port = await DebugPort.open(sandbox);
    const steps: Transaction[] = [];
    await port.pause({ event: 1, when: 'after' });
    const launched = await launch(sandbox);
    for (;;) {
      const held = await port.untilHeld(STEP_TIMEOUT_MS);
      if (held === null) break;
      const step = transactionOf(held);
      steps.push(step);
      await port.pause({ run: held.run, event: step.last + 1, when: 'after' });
      await port.goOn();
    }
    port.close();
    await launched.done();
    return steps;
  } finally {
    await sandbox.dispose();
  }
}

function transactionOf({ events }: Pick<HeldCommit, 'events'>): Transaction {
  return {
    first: events[0]?.number ?? 0,
    last: events.at(-1)?.number ?? 0,
    types: events.map(({ type }) => type),
  };
}
