import { execFile } from 'node:child_process';
import type { Surroundings } from '../run-program.ts';

/** How a program ended. `silent`: it did not within the limit, and was killed; `absent`: it could not be started. */
export type Ended =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly output: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'absent' };

/** Runs a program that should answer at once. */
export function runWithLimit(
  command: readonly [program: string, ...args: string[]],
  limitMs: number,
  { cwd, env }: Surroundings,
): Promise<Ended> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const options = { timeout: limitMs, killSignal: 'SIGKILL', cwd, env } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: 'done', output: stdout });
      if (error.killed) return resolve({ kind: 'silent' });
      if (error.code === 'ENOENT' || error.code === 'EACCES') return resolve({ kind: 'absent' });
      return resolve({ kind: 'failed', output: stderr.trim() });
    });
  });
}
