import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../run-cli.ts';
import type { CliIo } from '../terminal/io.ts';
import { FakeDaemon, type Answers } from './fake-daemon.test-support.ts';
import { NOW } from './time.test-support.ts';

/** A home, a folder to stand in, and a program to run in it. */
export interface TestCli {
  readonly root: string;
  readonly cwd: string;
  readonly socketPath: string;
  /** Starts the daemon that commands talk to. */
  readonly serve: (answers: Answers) => Promise<FakeDaemon>;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
  readonly dispose: () => Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Columns of a terminal; left out: output is no terminal. */
  readonly columns?: number;
  readonly rows?: number;
  /** What a person answers, question by question; left out: nobody can be asked. */
  readonly answers?: readonly (string | null)[];
  /** Whether the person answers nothing at all. */
  readonly waits?: boolean;
  /** Called with everything written to stdout so far, whenever more is. */
  readonly onOutput?: (text: string, press: { readonly ctrlC: () => void }) => void;
  /** The same of stderr. */
  readonly onError?: (text: string) => void;
  /** Called before the command runs. */
  readonly onStart?: (press: { readonly ctrlC: () => void }) => void;
  readonly daemonProgram?: readonly string[];
  readonly version?: string;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly questions: readonly string[];
}

export function createTestCli(): TestCli {
  const root = mkdtempSync(join(tmpdir(), 'tina-cli-'));
  const daemons: FakeDaemon[] = [];
  const socketPath = join(root, 'home', 'state', 'daemon.sock');
  return {
    root,
    cwd: root,
    socketPath,
    serve: async (answers) => {
      const daemon = await new FakeDaemon(answers).listen(socketPath);
      daemons.push(daemon);
      return daemon;
    },
    run: (args, options = {}) => runTest(root, args, options),
    dispose: async () => {
      await Promise.all(daemons.map((daemon) => daemon.close()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function runTest(root: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const {
    answers,
    waits = false,
    onOutput,
    onError,
    onStart,
    columns,
    rows = 24,
    version = '1.2.3',
    daemonProgram,
  } = options;
  const interrupts = new Set<() => void>();
  const questions: string[] = [];
  const press = { ctrlC: (): void => interrupts.forEach((listener) => listener()) };
  onStart?.(press);
  let stdout = '';
  let stderr = '';
  const stream = (write: (text: string) => void): CliIo['stdout'] => ({
    write,
    isTTY: columns !== undefined,
    columns,
    rows: columns === undefined ? undefined : rows,
    onResize: () => () => {},
  });
  const io: CliIo = {
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TINA_HOME: join(root, 'home'), ...options.env },
    cwd: options.cwd ?? root,
    home: root,
    stdout: stream((text) => {
      stdout += text;
      onOutput?.(stdout, press);
    }),
    stderr: stream((text) => {
      stderr += text;
      onError?.(stderr);
    }),
    canAsk: waits || answers !== undefined,
    ask: (question, signal) => {
      questions.push(question);
      if (waits) return untilAborted(signal);
      return Promise.resolve(answers?.[questions.length - 1] ?? null);
    },
    onTyped: () => () => {},
    onInterrupt: (listener) => {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
    now: () => NOW,
  };
  const code = await runCli(args, io, { version, ...(daemonProgram ? { daemonProgram } : {}) });
  return { code, stdout, stderr, questions };
}

function untilAborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => {
    signal?.addEventListener('abort', () => {
      resolve(null);
    });
  });
}
