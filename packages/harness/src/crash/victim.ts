import { readdir, readFile } from 'node:fs/promises';
import type { Sandbox } from '../sandbox/sandbox.ts';

export const VICTIMS = ['daemon', 'host', 'agent', 'tmux', 'all'] as const;
export type Victim = (typeof VICTIMS)[number];

type Kind = Exclude<Victim, 'all'>;

/** A process of the sandbox that a crash can take. */
export interface Suspect {
  readonly pid: number;
  readonly kind: Kind;
  /** The attempt that it belongs to; null for daemon and tmux. */
  readonly attemptId: string | null;
}

/** Every daemon, agent host, agent and tmux server of the sandbox, by process id. Linux only: it reads /proc. */
export async function suspectsOf(sandbox: Sandbox): Promise<readonly Suspect[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map((name) => examine(Number(name), sandbox.home)));
  return found.filter((suspect) => suspect !== null).toSorted((a, b) => a.pid - b.pid);
}

async function examine(pid: number, home: string): Promise<Suspect | null> {
  const environment = await textOf(pid, 'environ');
  const command = (await textOf(pid, 'cmdline')).replaceAll('\0', ' ');
  if (!environment.includes(home) && !command.includes(home)) return null;
  const attemptId = /(?:^|\0)TINA_ATTEMPT=([^\0]*)/.exec(environment)?.[1] ?? null;
  const kind = await kindOf(pid, command);
  return kind === null
    ? null
    : { pid, kind, attemptId: kind === 'host' || kind === 'agent' ? attemptId : null };
}

/** The name tells the tmux server from the commands that speak to it. */
async function kindOf(pid: number, command: string): Promise<Kind | null> {
  if ((await textOf(pid, 'comm')).startsWith('tmux: server')) return 'tmux';
  if (/ daemon run( |$)/.test(command)) return 'daemon';
  if (/agent-host\.\w+ .*launch\.json/.test(command)) return 'host';
  return command.includes('scripted-agent') ? 'agent' : null;
}

function textOf(pid: number, name: string): Promise<string> {
  // A process may end between two looks.
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
}

/**
 * Whom a crash takes: of hosts and agents one, which one by `turn`; with all, everything at once.
 */
export function chooseVictims(
  suspects: readonly Suspect[],
  victim: Victim,
  turn: number,
): readonly Suspect[] {
  if (victim === 'all') return suspects;
  const possible = suspects.filter(({ kind }) => kind === victim);
  const chosen = possible[turn % Math.max(possible.length, 1)];
  return chosen === undefined ? [] : [chosen];
}

/** The attempts that a crash strikes: with the tmux server go the sessions of all. */
export function struckBy(victims: readonly Suspect[], all: readonly Suspect[]): readonly string[] {
  const isServer = victims.some(({ kind }) => kind === 'tmux');
  return [...new Set((isServer ? all : victims).flatMap(({ attemptId }) => attemptId ?? []))];
}

/** SIGKILL, by process id; false when it had ended by itself. */
export function kill({ pid }: Suspect): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
