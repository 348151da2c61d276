import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** One start of git. */
export interface GitProcess {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | undefined;
  readonly remote: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface GitEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it said more than is kept; it was ended then. */
  readonly overflowed: boolean;
}

/** A listing of a repository with a million files stays below it. */
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;
/** An error a person reads. */
const MAX_STDERR_BYTES = 64 * 1024;
/** How long an aborted git may take to remove its lock files. */
const TERMINATION_GRACE_MS = 5_000;
/**
 * What a push leaves behind (an ssh master) or an aborted git (a filter) may hold the pipes; what git itself said has
 * arrived by then.
 */
const PIPE_GRACE_MS = 500;

/** Rejects with what the system says when it cannot be started. */
export async function runAlone(run: GitProcess): Promise<GitEnd> {
  const child = spawn('git', run.args, {
    cwd: run.cwd,
    env: run.env,
    stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  const stdout = Collected.output(child.stdout, () => kill('SIGTERM'));
  const stderr = Collected.complaints(child.stderr);
  feed(child.stdin, run.input);
  const stopListening = terminateOnAbort(kill, run.signal);
  try {
    const exitCode = await ended(child, () => run.remote || run.signal?.aborted === true);
    return { exitCode, stdout: stdout.text, stderr: stderr.text, overflowed: stdout.overflowed };
  } finally {
    stopListening();
  }
}

export function feed(stdin: Writable | null, input: string | undefined): void {
  // git may end before it has read everything; its exit code says why.
  stdin?.on('error', () => undefined);
  stdin?.end(input);
}

/** What a process says, up to a bound. */
export class Collected {
  overflowed = false;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  private constructor(stream: Readable | null, maxBytes: number, onOverflow: () => void) {
    stream?.on('data', (chunk: Buffer) => {
      if (this.#bytes + chunk.length <= maxBytes) {
        this.#bytes += chunk.length;
        this.#chunks.push(chunk);
      } else if (!this.overflowed) {
        this.overflowed = true;
        onOverflow();
      }
    });
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  static output(stream: Readable | null, onOverflow: () => void): Collected {
    return new Collected(stream, MAX_OUTPUT_BYTES, onOverflow);
  }

  static complaints(stream: Readable | null): Collected {
    return new Collected(stream, MAX_STDERR_BYTES, () => undefined);
  }
}

/** Waits for the process and for what it said; null when a signal ended it. */
export function ended(child: ChildProcess, mayLeaveHelpers: () => boolean): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve(exitCode);
    });
    child.once('exit', () => {
      if (!mayLeaveHelpers()) return;
      const timer = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
      }, PIPE_GRACE_MS);
      child.once('close', () => {
        clearTimeout(timer);
      });
    });
  });
}

export function terminateOnAbort(
  kill: (signal: NodeJS.Signals) => void,
  signal: AbortSignal | undefined,
): () => void {
  if (signal === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const terminate = (): void => {
    // git removes its lock files on SIGTERM, not on SIGKILL.
    kill('SIGTERM');
    timer = setTimeout(() => kill('SIGKILL'), TERMINATION_GRACE_MS);
  };
  signal.addEventListener('abort', terminate, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', terminate);
  };
}
