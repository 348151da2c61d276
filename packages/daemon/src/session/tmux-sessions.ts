import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { assertSessionName, assertStartable } from './assert-startable.ts';
import { launchScript, quote } from './launch-script.ts';
import { launchDirectory, launchFile, removeLaunchScripts } from './launch-scripts.ts';
import { probeTmux } from './probe-tmux.ts';
import { SessionExistsError, SessionServerError } from './session-errors.ts';
import type { Sessions, SessionsProbe, StartSession } from './session-port.ts';
import { ANSWER_LIMIT_MS, askTmux, assertSocketPath, isListening } from './tmux-server.ts';
import type { TmuxAnswer, TmuxServer } from './tmux-server.ts';

/** The server ends with its last session; whoever connects in that moment is sent away and has to try again. */
const TRIES = 5;
const TRY_PAUSE_MS = 20;
/** How long a server without sessions waits for the next one: starting another takes 7 ms of the way to the next agent. */
const READY_MS = 1_000;

/** How tmux begins its answer, in every locale, when it has sessions and none of that name. */
const NO_SUCH_SESSION = "can't find session";

/** Set with each start, so that neither a user's configuration nor an earlier version of Tina matters. */
const OPTIONS: readonly (readonly string[])[] = [
  // The server ends with the last session, a session with its process, and not when a person detaches.
  ['-s', 'exit-empty', 'on'],
  ['-wg', 'remain-on-exit', 'off'],
  ['-g', 'destroy-unattached', 'off'],
  ['-g', 'history-limit', '20000'],
  // Nothing of the person who attaches goes into the session, and nothing an agent prints into their clipboard.
  ['-g', 'update-environment', ''],
  ['-s', 'set-clipboard', 'off'],
  // No timers: a server that shows nothing does nothing.
  ['-g', 'status-interval', '0'],
  ['-wg', 'automatic-rename', 'off'],
  ['-g', 'status-left', ' #{session_name}   Ctrl-b d: leave '],
  ['-g', 'status-left-length', '180'],
  ['-g', 'status-right', ''],
  ['-wg', 'window-status-format', ''],
  ['-wg', 'window-status-current-format', ''],
];

export interface TmuxSessionsParameters {
  readonly stateDir: string;
  readonly tmux?: string;
  readonly answerLimitMs?: number;
}

/**
 * Sessions on a tmux server of Tina's own, at `<stateDir>/tmux.sock`; the user's server is never asked. Ending a session
 * closes its terminal: the kernel sends SIGHUP to the session's process and, once that has ended, to the foreground
 * process group (measured: not before). The same happens when the server dies.
 */
export class TmuxSessions implements Sessions {
  readonly #server: TmuxServer;
  readonly #stateDir: string;
  /** Scripts whose sessions are being started. */
  readonly #starting = new Set<string>();
  #letGo: NodeJS.Timeout | undefined;

  /** Throws `SocketPathTooLongError`. */
  constructor({ stateDir, tmux = 'tmux', answerLimitMs = ANSWER_LIMIT_MS }: TmuxSessionsParameters) {
    const socketPath = join(stateDir, 'tmux.sock');
    assertSocketPath(socketPath);
    this.#server = { tmux, socketPath, answerLimitMs };
    this.#stateDir = stateDir;
  }

  async probe(): Promise<SessionsProbe> {
    return probeTmux(this.#server.tmux);
  }

  async start(parameters: StartSession): Promise<void> {
    await assertStartable(parameters);
    const { name, logPath } = parameters;
    if (logPath !== undefined) await appendFile(logPath, '', { mode: 0o600 });
    const file = launchFile(name, randomUUID());
    this.#starting.add(file);
    try {
      await this.#startFrom(file, parameters);
      // tmux has made the session, so there was none of that name, and nobody reads an earlier script any more.
      await this.#removeLaunchScripts(name);
    } finally {
      this.#starting.delete(file);
    }
  }

  async #startFrom(file: string, parameters: StartSession): Promise<void> {
    const { name, logPath } = parameters;
    const directory = launchDirectory(this.#stateDir);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const script = join(directory, file);
    const content = launchScript(parameters);
    for (let attempt = 1; ; attempt += 1) {
      writeFileSync(script, content, { mode: 0o600 });
      const answer = await this.#askToStart(script, startCommands(name, script, logPath));
      if (answer.kind === 'done') return;
      if (await this.exists(name)) throw new SessionExistsError(name);
      if (attempt === TRIES) throw new SessionServerError(this.#server.socketPath, answer.reason);
      await delay(TRY_PAUSE_MS);
    }
  }

  /** Without the script nothing starts: not even when a server that hung reads the command after all. */
  async #askToStart(script: string, commands: readonly string[]): Promise<TmuxAnswer> {
    let answer: TmuxAnswer | null = null;
    try {
      answer = await askTmux(this.#server, commands);
      return answer;
    } finally {
      if (answer?.kind !== 'done') await rm(script, { force: true });
    }
  }

  async exists(name: string): Promise<boolean> {
    return (await this.list()).includes(name);
  }

  async list(): Promise<readonly string[]> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await askTmux(this.#server, ['list-sessions', '-F', '#{session_name}']);
      if (answer.kind === 'done') return answer.output.split('\n').filter(Boolean).toSorted();
      if (!(await isListening(this.#server.socketPath))) return [];
      if (attempt === TRIES) throw new SessionServerError(this.#server.socketPath, answer.reason);
      await delay(TRY_PAUSE_MS);
    }
  }

  async end(name: string): Promise<void> {
    assertSessionName(name);
    const answer = await askTmux(this.#server, ['kill-session', '-t', `=${name}`]);
    const isThere = answer.kind === 'refused' && !answer.reason.startsWith(NO_SUCH_SESSION);
    if (isThere && (await this.exists(name))) {
      throw new SessionServerError(this.#server.socketPath, answer.reason);
    }
    await this.#removeLaunchScripts(name);
  }

  /**
   * Read-only, so that a Ctrl-C of the person who looks does not end the agent (tmux has no scrolling then either); also
   * inside of the user's own tmux.
   */
  attachCommand(name: string): readonly string[] {
    assertSessionName(name);
    const { tmux, socketPath } = this.#server;
    return ['env', '-u', 'TMUX', tmux, '-S', socketPath, 'attach-session', '-r', '-t', `=${name}`];
  }

  /** Taken back by the next start as well. */
  async stayReady(): Promise<void> {
    clearTimeout(this.#letGo);
    this.#letGo = setTimeout(() => void this.letGo().catch(() => undefined), READY_MS).unref();
    await this.#setExitEmpty('off');
  }

  async letGo(): Promise<void> {
    clearTimeout(this.#letGo);
    await this.#setExitEmpty('on');
  }

  /** Refused where there is no server, which is as well. */
  async #setExitEmpty(value: 'on' | 'off'): Promise<void> {
    await askTmux(this.#server, ['set-option', '-s', 'exit-empty', value]);
  }

  #removeLaunchScripts(name: string): Promise<void> {
    const scripts = { stateDir: this.#stateDir, name, except: this.#starting };
    return removeLaunchScripts(scripts, {
      namesIn: (directory) => readdir(directory).catch(() => []),
      removeTree: (path) => rm(path, { force: true }),
    });
  }
}

/** One command line that starts the server if there is none; its commands run without a break. */
function startCommands(name: string, script: string, logPath: string | undefined): readonly string[] {
  const commands = [
    ['start-server'],
    ...OPTIONS.map((option) => ['set-option', ...option]),
    // More than one word after the options is executed as it is; a single one would be given to a shell.
    [
      'new-session',
      '-d',
      '-s',
      name,
      '-x',
      '200',
      '-y',
      '50',
      '-c',
      '/',
      '/usr/bin/env',
      '-i',
      '/bin/sh',
      script,
    ],
  ];
  if (logPath !== undefined) {
    // Formats and strftime read `#` and `%`.
    const path = quote(logPath).replaceAll('#', '##').replaceAll('%', '%%');
    commands.push(['pipe-pane', '-t', `=${name}:`, `exec cat >> ${path}`]);
  }
  return commands.flatMap((command, index) => (index === 0 ? command : [';', ...command]));
}
