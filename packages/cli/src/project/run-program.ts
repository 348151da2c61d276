import { execFile } from 'node:child_process';

/** An agent program that updates itself at every start may take a while. */
const TIMEOUT_MS = 10_000;

/** What a program is started in. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The first line a program prints; null when it cannot be started, fails, or takes too long. */
export function firstLineOf(
  program: string,
  args: readonly string[],
  { cwd, env }: Surroundings,
): Promise<string | null> {
  return new Promise((resolve) => {
    const child = execFile(program, [...args], { timeout: TIMEOUT_MS, cwd, env }, (error, stdout, stderr) => {
      const line = (stdout || stderr).split('\n').find((one) => one.trim() !== '');
      resolve(error === null ? (line?.trim() ?? '') : null);
    });
    // Several agent programs wait for ever on an open input.
    child.stdin?.end();
  });
}
