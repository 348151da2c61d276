import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A server of tools that the agent program was given carries this variable: it belongs to the program, not to a turn. */
export const TOOL_SERVER_VARIABLE = 'TINA_TOOL_SERVER';

/** Asked to end first, so that git can remove its locks. */
const GRACE_MS = 300;
const POLL_MS = 20;
/** What starts others again and again is met this often. */
const MAX_ROUNDS = 20;

export interface Escape {
  /** The environment of the agent's processes: `TINA_ATTEMPT` and `TINA_HOME_ID` in it say which are meant. */
  readonly env: Readonly<Record<string, string>>;
  /** The process group of an agent program that goes on; null when it has ended, and nothing of it shall stay. */
  readonly spareGroup: number | null;
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** `NAME=value`. */
  readonly variables: readonly string[];
}

/**
 * Ends what an agent's tools have left in process groups and sessions of their own (G14): agent CLIs start each command in a
 * session of its own, and interrupting a turn, or killing the program, leaves some of them running. They are known by the
 * attempt's variables in their environment. This process and those that it descends from carry them as well and are spared.
 */
export async function endEscaped(escape: Escape): Promise<void> {
  const startedAt = performance.now();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const left = findEscaped(escape);
    if (left.length === 0) return;
    const signal = performance.now() - startedAt < GRACE_MS ? 'SIGTERM' : 'SIGKILL';
    for (const pid of left) send(pid, signal);
    await pause(POLL_MS);
  }
}

/** The pids of those processes. Nobody's, where the environment does not say whose they would be. */
export function findEscaped({ env, spareGroup }: Escape): readonly number[] {
  const marks = ['TINA_ATTEMPT', 'TINA_HOME_ID'].map((name) => ({ name, value: env[name] ?? '' }));
  if (marks.some(({ value }) => value === '')) return [];
  const pairs = marks.map(({ name, value }) => `${name}=${value}`);
  const all = process.platform === 'linux' ? fromProc() : fromPs();
  const own = ancestorsOf(process.pid, all);
  return all
    .filter(({ variables }) => pairs.every((pair) => variables.includes(pair)))
    .filter(({ pid, group }) => !own.has(pid) && group !== spareGroup)
    .filter(({ variables }) => spareGroup === null || !isToolServer(variables))
    .map(({ pid }) => pid);
}

function isToolServer(variables: readonly string[]): boolean {
  return variables.some((variable) => variable.startsWith(`${TOOL_SERVER_VARIABLE}=`));
}

/** A process with all that it descends from. */
function ancestorsOf(pid: number, all: readonly Entry[]): ReadonlySet<number> {
  const parents = new Map(all.map((entry) => [entry.pid, entry.parent]));
  const found = new Set<number>();
  for (let next: number | undefined = pid; next !== undefined && !found.has(next); next = parents.get(next))
    found.add(next);
  return found;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}

function fromProc(): readonly Entry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // `pid (name) state ppid pgrp ...`; the name may hold anything.
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return [];
      const variables = readVariables(name);
      return [{ pid: Number(name), parent: Number(parent), group: Number(group), variables }];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Of another user's process nobody may read them: it is not ours. */
function readVariables(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function fromPs(): readonly Entry[] {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  const options = ['-A', '-E', '-ww', '-o', 'pid=,ppid=,pgid=,command='];
  const listing = execFileSync('ps', options, { encoding: 'utf8', env, maxBuffer: 64 * 1024 * 1024 });
  return listing.split('\n').flatMap((line) => {
    const [pid, parent, group, ...words] = line.trim().split(/\s+/);
    if (group === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), variables: words }];
  });
}
