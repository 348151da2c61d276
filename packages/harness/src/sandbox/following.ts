import { spawn } from 'node:child_process';
import type { Outcome } from './sandbox.ts';
import { until } from './until.ts';

/** A command that goes on while the test does other things. */
export interface Following {
  /** What it printed so far. */
  readonly stdout: () => string;
  /** Its lines so far, each read as JSON. */
  readonly jsonLines: <T>() => readonly T[];
  /** Waits until it has printed the text. */
  readonly says: (text: string) => Promise<void>;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  readonly ended: Promise<Outcome>;
}

export function begin(
  program: string,
  args: readonly string[],
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Following {
  const child = spawn(program, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, ...printed }));
  });
  return {
    stdout: () => printed.stdout,
    jsonLines: <T>() => {
      const whole = printed.stdout.slice(0, printed.stdout.lastIndexOf('\n') + 1);
      const lines = whole.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as T);
    },
    says: (text) => until(`${args.join(' ')} says ${text}`, () => printed.stdout.includes(text), 60_000),
    interrupt: () => void child.kill('SIGINT'),
    ended,
  };
}
