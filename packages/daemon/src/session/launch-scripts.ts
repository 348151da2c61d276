import { join } from 'node:path';

const EXTENSION = '.launch';

/** Where the scripts that start sessions are. */
export function launchDirectory(stateDir: string): string {
  return join(stateDir, 'sessions');
}

/** No dot can be in a session's name, so the files of one session are told from those of another. */
export function launchFile(name: string, id: string): string {
  return `${name}.${id}${EXTENSION}`;
}

/** What is needed to find and remove files. */
interface Files {
  /** Empty when there is no such folder. */
  namesIn(directory: string): Promise<readonly string[]>;
  removeTree(path: string): Promise<void>;
}

/**
 * Removes scripts that were never read, because the daemon or tmux died or hung just then (G30). To be called only where
 * nothing is being started, or with what must stay.
 */
export async function removeLaunchScripts(
  {
    stateDir,
    name = null,
    except = [],
  }: {
    readonly stateDir: string;
    /** Of this session; null: of all. */
    readonly name?: string | null;
    /** Files that stay. */
    readonly except?: Iterable<string>;
  },
  files: Files,
): Promise<void> {
  const directory = launchDirectory(stateDir);
  const kept = new Set(except);
  const isLeft = (file: string): boolean =>
    file.endsWith(EXTENSION) && (name === null || file.startsWith(`${name}.`)) && !kept.has(file);
  const left = (await files.namesIn(directory)).filter(isLeft);
  await Promise.all(left.map((file) => files.removeTree(join(directory, file))));
}
