import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** What a plan report may hold. */
const MAX_PLAN_BYTES = 1_000_000;

/**
 * The text of a plan that an agent named by its path, relative to any of the folders or absolute. Null unless it is a
 * plain UTF-8 file of at most 1 MB that really lies in one of them: an agent must not make Tina read anything else (G30).
 */
export async function readPlanFile(parameters: {
  readonly path: string;
  /** The attempt's worktree and its `out` folder. */
  readonly roots: readonly string[];
}): Promise<string | null> {
  for (const root of parameters.roots) {
    const file = await realFileBelow(parameters.roots, resolve(root, parameters.path));
    if (file !== null) return readText(file);
  }
  return null;
}

async function realFileBelow(roots: readonly string[], path: string): Promise<string | null> {
  const file = await realpath(path).catch(() => null);
  if (file === null) return null;
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  return realRoots.some((root) => root !== null && file.startsWith(root + sep)) ? file : null;
}

async function readText(path: string): Promise<string | null> {
  // Neither a link that was put there meanwhile, nor a pipe that nobody writes to.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return null;
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > MAX_PLAN_BYTES) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
