import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownRun, Remain } from '@tina/contract';
import { sessionName } from '@tina/domain';
import type { Sessions } from '../../session/index.ts';
import type { RemainsOptions } from './remains-options.ts';

/** Sessions, and the scripts of those that were never started. What belongs to no known attempt is named by itself. */
export async function listSessions(
  sessions: Sessions,
  runs: readonly KnownRun[],
  { paths }: RemainsOptions,
): Promise<readonly Remain[]> {
  const attempts = new Map(
    runs.flatMap(({ attemptIds }) => attemptIds.map((id) => [sessionName(id), id] as const)),
  );
  const of = (session: string): Remain['of'] => ({ kind: 'attempt', id: attempts.get(session) ?? session });
  const rest = { slot: null, repository: null, process: null };
  const folder = join(paths.stateDir, 'sessions');
  const [names, files] = await Promise.all([sessions.list(), readdir(folder).catch(() => [])]);
  const scripts = files.filter((file) => file.endsWith('.launch'));
  return [
    ...names.map((name): Remain => ({ kind: 'session', name, of: of(name), ...rest })),
    ...scripts.map((file): Remain => {
      // No dot can be in the name of a session.
      const session = file.slice(0, file.indexOf('.'));
      return { kind: 'launch-script', name: join(folder, file), of: of(session), ...rest };
    }),
  ];
}
