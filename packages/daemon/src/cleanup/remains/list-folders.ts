import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Remain, RemainKind } from '@tina/contract';
import type { RemainsOptions } from './remains-options.ts';

/** A folder that has an id for its name; whatever else somebody puts there is not Tina's. */
const ID = /^[\w-]+$/;
const SLOT = /^slot-(\d+)$/;

/** The folders of runs and attempts in the state folder. */
export async function listFolders({ paths }: RemainsOptions): Promise<readonly Remain[]> {
  const parts = await Promise.all([
    listIds('attempt-files', paths.attemptsDir),
    listIds('check-files', paths.checksDir),
    listIds('setup-files', join(paths.stateDir, 'setups')),
    listSlots(paths.worktreesDir),
  ]);
  return parts.flat();
}

async function listIds(kind: RemainKind, folder: string): Promise<readonly Remain[]> {
  const belongsTo = kind === 'attempt-files' ? 'attempt' : 'run';
  return (await foldersIn(folder)).map((id) => ({
    kind,
    name: join(folder, id),
    of: { kind: belongsTo, id },
    slot: null,
    repository: null,
    process: null,
  }));
}

async function listSlots(folder: string): Promise<readonly Remain[]> {
  const runs = await foldersIn(folder);
  const slots = await Promise.all(runs.map((id) => foldersIn(join(folder, id))));
  return runs.flatMap((id, index) =>
    (slots[index] ?? []).flatMap((name) => {
      const slot = SLOT.exec(name)?.[1];
      if (slot === undefined) return [];
      const of = { kind: 'run', id } as const;
      const rest = { slot: Number(slot), repository: null, process: null };
      return [{ kind: 'worktree', name: join(folder, id, name), of, ...rest }];
    }),
  );
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && ID.test(entry.name)).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
