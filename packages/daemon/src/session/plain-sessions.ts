import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isAlive, readProcessIdentity } from '../process/index.ts';
import type { ProcessIdentity } from '../process/index.ts';
import { assertSessionName, assertStartable } from './assert-startable.ts';
import { readSessionRecord } from './session-record.ts';
import { SessionExistsError, SessionStartError } from './session-errors.ts';
import type { Sessions, SessionsProbe, StartSession } from './session-port.ts';

/**
 * Sessions where there is no tmux: each is a detached process in a session of its own (setsid), with its identity in
 * `<stateDir>/sessions/<name>.json` and its output in `<name>.log` beside it, unless a log path is given.
 */
export class PlainSessions implements Sessions {
  readonly #directory: string;
  readonly #reason: string;
  /** Names that are being started by this process. */
  readonly #starting = new Set<string>();

  constructor({ stateDir, reason }: { readonly stateDir: string; readonly reason: string }) {
    this.#directory = join(stateDir, 'sessions');
    this.#reason = reason;
  }

  probe(): Promise<SessionsProbe> {
    return Promise.resolve({ kind: 'plain', reason: this.#reason });
  }

  async start(parameters: StartSession): Promise<void> {
    await assertStartable(parameters);
    const { name } = parameters;
    if (this.#starting.has(name)) throw new SessionExistsError(name);
    this.#starting.add(name);
    try {
      if (await this.exists(name)) throw new SessionExistsError(name);
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const identity = await spawnDetached(parameters, this.#path(name, 'log'));
      if (identity) await this.#record(name, identity);
    } finally {
      this.#starting.delete(name);
    }
  }

  async exists(name: string): Promise<boolean> {
    assertSessionName(name);
    return (await this.#running(name)) !== null;
  }

  async list(): Promise<readonly string[]> {
    const files = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const names = files
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length));
    const running = await Promise.all(names.map((name) => this.#running(name)));
    return names.filter((_, index) => running[index]).toSorted();
  }

  async end(name: string): Promise<void> {
    assertSessionName(name);
    const identity = await this.#running(name);
    if (identity) {
      try {
        process.kill(-identity.pid, 'SIGHUP');
      } catch {
        // It has just ended.
      }
    }
    await rm(this.#path(name, 'json'), { force: true });
  }

  /** Nothing is needed. */
  async stayReady(): Promise<void> {}

  async letGo(): Promise<void> {}

  attachCommand(): null {
    return null;
  }

  async #running(name: string): Promise<ProcessIdentity | null> {
    const identity = await readSessionRecord(this.#path(name, 'json'));
    return identity && (await isAlive(identity)) ? identity : null;
  }

  /** In one step, so that nobody reads half a record. */
  async #record(name: string, identity: ProcessIdentity): Promise<void> {
    const path = this.#path(name, 'json');
    await writeFile(`${path}.new`, JSON.stringify(identity), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #path(name: string, extension: 'json' | 'log'): string {
    return join(this.#directory, `${name}.${extension}`);
  }
}

/** Null when the process has ended before it could be looked at. */
async function spawnDetached(parameters: StartSession, defaultLog: string): Promise<ProcessIdentity | null> {
  const { name, command, cwd, env, logPath = defaultLog, stderrPath = logPath } = parameters;
  const [program = '', ...args] = command;
  const log = await open(logPath, 'a', 0o600);
  const complaints = await open(stderrPath, 'a', 0o600).catch(async (error: unknown) => {
    await log.close();
    throw error;
  });
  try {
    const stdio = ['ignore', log.fd, complaints.fd] as const;
    const child = spawn(program, args, { cwd, env, detached: true, stdio: [...stdio] });
    await spawned(name, child);
    child.unref();
    return child.pid === undefined ? null : await readProcessIdentity(child.pid);
  } finally {
    await Promise.all([log.close(), complaints.close()]);
  }
}

async function spawned(name: string, child: ChildProcess): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new SessionStartError(name, 'the operating system refused to start it', error);
  }
}
