import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { OutputStream } from '../adapter/agent-event.ts';
import { inSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { hasRunningMember, runningMembers } from './has-running-member.ts';
import { readStartTime } from './start-time.ts';

/** What the leader of a group leaves behind is asked to end, and killed after this: time for git to remove its locks. */
const LEFTOVER_GRACE_MS = 500;
/** A group without its leader is looked at again after the first, then less and less often: nothing tells its end. */
const MIN_POLL_MS = 5;
const MAX_POLL_MS = 50;
/** A daemonised grandchild can hold the pipes for ever: without output for so long after the exit, they are closed. */
const DRAIN_MS = 100;
/** SIGKILL is final, except for a process that is stuck in the kernel: nobody waits longer for that. */
const KILL_WAIT_MS = 2_000;

export interface AgentProcessStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** `none`: no stdin at all, because some programs wait for its end. */
  readonly input: 'none' | 'pipe';
  /** Null: it may do what its user may. */
  readonly sandbox: Sandbox | null;
  onOutput(stream: OutputStream, text: string): void;
  /** The last call: the process has ended, its output is read, and its group is gone. */
  onEnd(end: ProcessEnd): void;
}

export interface ProcessEnd {
  /** Why it could not even be started; null when it ran. */
  readonly startProblem: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * A process that leads a process group of its own, so that it can be ended with everything it started (G14). The
 * group's id stays taken while it has a member, so signalling it never reaches a stranger.
 */
export class AgentProcess {
  /** Null when it could not be started. */
  readonly pid: number | null;
  readonly startTime: string;
  readonly ended: Promise<void>;
  readonly #start: AgentProcessStart;
  readonly #child: ChildProcess | null;
  #hasEnded = false;
  #isPaused = false;
  #isDiscarding = false;
  #lastOutputAt = 0;

  constructor(start: AgentProcessStart) {
    this.#start = start;
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    const onEnd = (end: ProcessEnd): void => {
      this.#hasEnded = true;
      start.onEnd(end);
      ended.resolve();
    };
    const child = spawnGroup(start);
    this.#child = child instanceof Error ? null : child;
    this.pid = this.#child?.pid ?? null;
    this.startTime = this.pid === null ? '' : readStartTime(this.pid);
    if (child instanceof Error) queueMicrotask(() => onEnd(neverStarted(child, start)));
    else this.#watch(child, onEnd);
  }

  /** Writes to its stdin. A program that does not read any more loses the rest; that it ended is told by `onEnd`. */
  write(text: string): void {
    this.#child?.stdin?.write(text);
  }

  closeInput(): void {
    this.#child?.stdin?.end();
  }

  pauseOutput(): void {
    this.#isPaused = true;
    this.#child?.stdout?.pause();
    this.#child?.stderr?.pause();
  }

  resumeOutput(): void {
    this.#isPaused = false;
    this.#child?.stdout?.resume();
    this.#child?.stderr?.resume();
  }

  /** SIGTERM to the group, SIGKILL after the grace. What it still writes is thrown away. */
  async end({ graceMs }: { readonly graceMs: number }): Promise<void> {
    if (this.#hasEnded) return;
    this.#isDiscarding = true;
    this.resumeOutput();
    this.#askToEnd();
    const wait = Promise.withResolvers<void>();
    const kill = setTimeout(() => this.#signalGroup('SIGKILL'), graceMs);
    const giveUp = setTimeout(wait.resolve, graceMs + KILL_WAIT_MS);
    await Promise.race([this.ended, wait.promise]);
    clearTimeout(kill);
    clearTimeout(giveUp);
  }

  #watch(child: ChildProcess, onEnd: (end: ProcessEnd) => void): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this.#lastOutputAt = performance.now();
        if (!this.#isDiscarding) this.#start.onOutput(stream, text);
      });
      child[stream]?.on('error', () => {});
    }
    // EPIPE: the program has ended or closed its stdin.
    child.stdin?.on('error', () => {});
    if (this.pid === null) {
      child.once('error', (error) => onEnd(neverStarted(error, this.#start)));
      return;
    }
    child.on('error', () => {}); // a signal that came too late
    child.once('exit', (exitCode, signal) => {
      this.#lastOutputAt = performance.now();
      void Promise.all([this.#sweepGroup(), this.#drain(child)]).then(() =>
        onEnd({ startProblem: null, exitCode, signal }),
      );
    });
  }

  /** Ends what the leader left in its group. */
  async #sweepGroup(): Promise<void> {
    if (!this.#isGroupRunning()) return;
    this.#signalGroup('SIGTERM');
    const killAt = performance.now() + LEFTOVER_GRACE_MS;
    for (let waitMs = MIN_POLL_MS; performance.now() < killAt; waitMs = Math.min(2 * waitMs, MAX_POLL_MS)) {
      await pause(waitMs);
      if (!this.#isGroupRunning()) return;
    }
    this.#signalGroup('SIGKILL');
    await pause(MIN_POLL_MS);
  }

  /** Waits until all output is read; closes the pipes when somebody else holds them and says nothing. */
  #drain(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const poll = setInterval(() => {
        if (this.#isPaused || performance.now() - this.#lastOutputAt < DRAIN_MS) return;
        clearInterval(poll);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve();
      }, DRAIN_MS);
      child.once('close', () => {
        clearInterval(poll);
        resolve();
      });
    });
  }

  /** Of a sandbox the leader is spared: what is in it would be killed with it, and git could remove no lock. */
  #askToEnd(): void {
    if (this.#start.sandbox === null || this.pid === null) return void this.#signalGroup('SIGTERM');
    for (const pid of runningMembers(this.pid)) if (pid !== this.pid) signalProcess(pid, 'SIGTERM');
  }

  #isGroupRunning(): boolean {
    return this.pid !== null && this.#signalGroup(0) && hasRunningMember(this.pid);
  }

  /** False when the group is gone. */
  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    if (this.pid === null) return false;
    try {
      return process.kill(-this.pid, signal);
    } catch {
      return false;
    }
  }
}

function spawnGroup(start: AgentProcessStart): ChildProcess | Error {
  const { program, args } = start.sandbox === null ? start : inSandbox(start, start.sandbox);
  try {
    return spawn(program, args, {
      cwd: start.directory,
      env: start.env,
      stdio: [start.input === 'pipe' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: true,
    });
  } catch (error) {
    // An argument that is too long or holds a NUL is thrown, everything else is an event.
    return error instanceof Error ? error : new Error(String(error));
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}

function neverStarted(error: Error, { program: name, directory, sandbox }: AgentProcessStart): ProcessEnd {
  const program = sandbox === null ? name : `${name} in a sandbox`;
  const startProblem = existsSync(directory)
    ? `${program} could not be started: ${error.message}`
    : `${program} could not be started: its folder ${directory} is gone`;
  return { startProblem, exitCode: null, signal: null };
}
