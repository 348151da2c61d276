import { mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Launch } from '@tina/contract';
import { stateFolders } from './state-folders.ts';

/** What an agent's processes may do besides reading. */
export interface Sandbox {
  readonly network: boolean;
  /** Folders that they may write to, with all that is below; absolute. What is not there is left out. */
  readonly writable: readonly string[];
}

/**
 * The sandbox that a launch asks for; null when it asks for none. A role that only looks may not write to the worktree either.
 *
 * @param writable see `AgentIo.writable`
 */
export function sandboxOf(
  { agent, access, worktree, env }: Pick<Launch, 'agent' | 'access' | 'worktree' | 'env'>,
  writable: readonly string[],
): Sandbox | null {
  const { sandbox } = agent;
  if (sandbox?.enabled !== true) return null;
  const home = env['HOME'] ?? homedir();
  const ofAgent = stateFolders(agent.kind, env);
  for (const folder of ofAgent) makeFolder(folder);
  const ofUser = (sandbox.writable ?? []).map((folder) => resolve(home, folder.replace(/^~(?=\/|$)/, home)));
  const own = access === 'write' ? [worktree] : [];
  return { network: sandbox.network !== false, writable: [...own, ...writable, ...ofAgent, ...ofUser] };
}

/** The command line that starts a program in a sandbox. What it starts ends with it, and it ends with its parent. */
export function inSandbox(
  {
    program,
    args,
    directory,
  }: { readonly program: string; readonly args: readonly string[]; readonly directory: string },
  { network, writable }: Sandbox,
): { readonly program: string; readonly args: readonly string[] } {
  const bound = writable.flatMap((folder) => {
    const real = realPath(folder);
    return real === null ? [] : ['--bind', real, real];
  });
  return {
    program: SANDBOX_PROGRAM,
    args: [
      '--die-with-parent',
      '--unshare-pid',
      '--unshare-ipc',
      ...(network ? [] : ['--unshare-net']),
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      ...bound,
      '--chdir',
      directory,
      '--',
      program,
      ...args,
    ],
  };
}

/** Of the package bubblewrap. */
export const SANDBOX_PROGRAM = 'bwrap';

/** As the program itself would: it could not make it any more. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // A file, or out of reach: the program will say what it lacks.
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
