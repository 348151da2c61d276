import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { DaemonStart } from '@tina/contract';

/** A daemon that is restarted by hand is back within a second, and a command that finds none starts one within two. */
const FIRST_START_MS = 3_000;
/** A start that fails takes up to 15 s to say so. From there on the waits double. */
const SECOND_START_MS = 20_000;
const MAX_WAIT_MS = 5 * 60_000;

export interface DaemonStarterOptions {
  readonly start: DaemonStart;
  /** How long no daemon must have been there before one is started. Default: 3 s. */
  readonly firstStartMs?: number | undefined;
  /** Says what it did, for the transcript. */
  readonly note: (text: string) => void;
}

/**
 * Starts a daemon where one has died (G13), by the very program that `tina daemon start` is; the daemon's lock sees to it
 * that there is one, however many hosts do so. Every wait has up to as much again by chance, so that mostly one host
 * does.
 *
 * States: a daemon is there → (`absent`) waiting → (still absent when the wait is over) started, waiting longer → ...;
 * `present` goes back to the first. While the daemon is stopped on purpose nothing is started, however long; nor before a
 * daemon has said with which environment (`use`): what agents and checks get is chosen from it. It is in this memory alone,
 * because there are secrets in it (G30): in no file, and not in the environment of this process, which its agent can read.
 */
export class DaemonStarter {
  readonly #options: DaemonStarterOptions;
  #environment: Readonly<Record<string, string>> | null = null;
  #absentSince: number | null = null;
  #startAt = 0;
  #starts = 0;

  constructor(options: DaemonStarterOptions) {
    this.#options = options;
  }

  /** The whole environment of the daemon. */
  use(environment: Readonly<Record<string, string>>): void {
    this.#environment = environment;
  }

  /** Nobody listens on the daemon's socket. To be called at every try to reach it: it has no timer of its own. */
  absent(): void {
    const now = performance.now();
    if (this.#absentSince === null) {
      this.#absentSince = now;
      this.#startAt = now + withChance(this.#options.firstStartMs ?? FIRST_START_MS);
    }
    if (this.#environment === null || now < this.#startAt) return;
    if (existsSync(this.#options.start.stoppedPath)) return;
    this.#startAt = now + withChance(Math.min(SECOND_START_MS * 2 ** this.#starts, MAX_WAIT_MS));
    this.#starts += 1;
    this.#start(now - this.#absentSince, this.#environment);
  }

  present(): void {
    this.#absentSince = null;
    this.#starts = 0;
  }

  #start(absentMs: number, environment: Readonly<Record<string, string>>): void {
    const { start, note } = this.#options;
    const [program = '', ...args] = start.command;
    note(`no daemon for ${(absentMs / 1000).toFixed(1)} s: one is started`);
    // A session of its own: it outlives this host, its pane and its attempt.
    const child = spawn(program, args, {
      cwd: start.directory,
      env: environment,
      detached: true,
      stdio: 'ignore',
    });
    child.once('error', ({ message }) => note(`the daemon could not be started: ${message}`));
    child.once('exit', (code, signal) => {
      if (code !== 0)
        note(`the daemon could not be started (${signal ?? `exit code ${code}`}); see daemon.log`);
    });
    child.unref();
  }
}

function withChance(waitMs: number): number {
  return waitMs * (1 + Math.random());
}

/** Null where the launch names no way to start a daemon. */
export function starterFor(
  start: DaemonStart | null,
  firstStartMs: number | undefined,
  note: (text: string) => void,
): DaemonStarter | null {
  return start === null ? null : new DaemonStarter({ start, firstStartMs, note });
}
