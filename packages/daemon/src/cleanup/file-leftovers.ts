import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { worktreeSize } from '../git/index.ts';
import type { LeftoverOptions } from './leftovers.ts';

/** Transcripts and outputs: what a person may still want to read, so it stays until somebody asks for its removal. */
export async function findFiles(
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<readonly CleanupItem[]> {
  const [attempts, checks] = await Promise.all([
    measure(attemptFolders(run, options), options),
    measure([checkFolder(run, options)], options),
  ]);
  const items: CleanupItem[] = [];
  if (attempts !== null) {
    const name = `${attempts.count} folders in ${options.paths.attemptsDir}`;
    const why = "transcripts and outputs of the run's attempts; `tina logs` has nothing to show after it";
    items.push({
      runId: run.runId,
      kind: 'attempt-files',
      name,
      bytes: attempts.bytes,
      action: 'remove',
      why,
    });
  }
  if (checks !== null) {
    const why = "outputs of the run's checks; their results stay";
    const name = checkFolder(run, options);
    items.push({ runId: run.runId, kind: 'check-files', name, bytes: checks.bytes, action: 'remove', why });
  }
  return items;
}

export async function removeAttemptFiles(run: LeftoverQuery, options: LeftoverOptions): Promise<void> {
  await Promise.all(attemptFolders(run, options).map(removeFolder));
}

export async function removeCheckFiles(run: LeftoverQuery, options: LeftoverOptions): Promise<void> {
  await removeFolder(checkFolder(run, options));
}

function attemptFolders(run: LeftoverQuery, { paths }: LeftoverOptions): readonly string[] {
  return run.attemptIds.map((id) => join(paths.attemptsDir, id));
}

function checkFolder(run: LeftoverQuery, { paths }: LeftoverOptions): string {
  return join(paths.checksDir, run.runId);
}

async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** Null when none of them is there; the bytes are null when one could not be measured. */
async function measure(
  folders: readonly string[],
  options: LeftoverOptions,
): Promise<{ readonly count: number; readonly bytes: number | null } | null> {
  const isThere = await Promise.all(
    folders.map((path) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  const present = folders.filter((_, index) => isThere[index]);
  if (present.length === 0) return null;
  let bytes: number | null = 0;
  for (const path of present) {
    const size = await worktreeSize({ ...options, path });
    bytes = bytes === null || size === null ? null : bytes + size.bytes;
  }
  return { count: present.length, bytes };
}
