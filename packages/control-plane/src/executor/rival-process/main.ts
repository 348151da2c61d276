import { type ProcedureInput, TinaError } from '@tina/contract';
import { evolve, initialState, runStatus } from '@tina/domain';
import { openSqliteStore } from '@tina/store';
import { createControlPlane } from '../../control-plane.ts';
import type { CallContext } from '../../server/handler.ts';
import { createFakeMachine } from '../../testing/fake-machine.test-support.ts';

/**
 * A control plane of the executor's tests: pauses and resumes a run as often as it is told, against whoever else does, and
 * prints how often each was done. Arguments: database, run id, name, number of times.
 */
async function main(path: string, run: string, name: string, times: number): Promise<void> {
  const model = { initial: initialState, evolve, status: runStatus };
  const store = await openSqliteStore({ path, model });
  const { handlers } = createControlPlane({
    store,
    machine: createFakeMachine(),
    nodeId: 'here',
    newId: () => `${name}${(ids += 1)}`,
    onError(error) {
      throw error;
    },
  });
  const context: CallContext = {
    caller: { kind: 'operator', name },
    token: null,
    signal: new AbortController().signal,
  };
  const done = { paused: 0, resumed: 0 };
  for (let time = 0; time < times; time += 1) {
    const input: ProcedureInput<'run.resume'> = { run, idempotencyKey: `${name}-${time}-key` };
    try {
      if (time % 2 === 0) {
        await handlers['run.pause']({ ...input, now: false }, context);
        done.paused += 1;
      } else {
        await handlers['run.resume'](input, context);
        done.resumed += 1;
      }
    } catch (error) {
      // The other one was faster: the run was paused, or resumed, already.
      if (!(error instanceof TinaError)) throw error;
    }
  }
  await store.close();
  process.stdout.write(JSON.stringify(done));
}

let ids = 0;
const [path = '', run = '', name = '', times = ''] = process.argv.slice(2);
await main(path, run, name, Number(times));
