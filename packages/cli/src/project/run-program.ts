import { execFile } from 'node:child_process';

/** An agent program that updates itself at every start may take a while. */
const TIMEOUT_MS = 10_000;

/** The first line a program prints; null when it cannot be started, fails, or takes too long. */
export function firstLineOf(program: string, args: readonly string[], cwd: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = execFile(program, [...args], { timeout: TIMEOUT_MS, cwd }, (error, stdout, stderr) => {
      const line = (stdout || stderr).split('\n').find((one) => one.trim() !== '');
      resolve(error === null ? (line?.trim() ?? '') : null);
    });
    // Several agent programs wait for ever on an open input.
    child.stdin?.end();
  });
}
