import type { Remain } from '@tina/contract';
import { findMarkedProcesses, readVariable } from '../../process/index.ts';
import type { RemainsOptions } from './remains-options.ts';

/** An id is nothing but these; whatever else somebody put there names no attempt. */
const ID = /^[\w-]+$/;

/** The running processes that were started for an attempt of this home, this one left out; checks and set-ups are none. */
export async function listProcesses({ homeId }: RemainsOptions): Promise<readonly Remain[]> {
  const found = await findMarkedProcesses({ TINA_HOME_ID: homeId });
  const remains = await Promise.all(
    found.map(async ({ pid, startTime }): Promise<readonly Remain[]> => {
      const id = await readVariable(pid, 'TINA_ATTEMPT');
      if (id === null || !ID.test(id)) return [];
      const name = `${pid}@${startTime}`;
      const of = { kind: 'attempt', id } as const;
      return [{ kind: 'process', name, of, slot: null, repository: null, process: { pid, startTime } }];
    }),
  );
  return remains.flat();
}
