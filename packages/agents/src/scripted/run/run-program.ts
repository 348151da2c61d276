import { spawn } from 'node:child_process';

const MAX_OUTPUT = 64 * 1024;

/** A background process may hold the pipes for ever; what its parent wrote is read long before that. */
const DRAIN_MS = 250;

export interface ProgramResult {
  /** Null when a signal ended it, or it could not be started. */
  readonly exitCode: number | null;
  /** The end of what it wrote to stdout and stderr, as it came. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program in the agent's own process group, so that it ends with the agent. */
export function runProgram(parameters: {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}): Promise<ProgramResult> {
  const { program, args, directory, env, input } = parameters;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: directory,
      env: { ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    const settle = (exitCode: number | null): void => resolve({ exitCode, output, stdout });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-MAX_OUTPUT);
      output = (output + text).slice(-MAX_OUTPUT);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT);
    });
    child.stdin?.on('error', () => {}); // it did not read to the end
    child.once('error', (error) => {
      output += error.message;
      settle(null);
    });
    child.once('close', settle);
    child.once('exit', (exitCode) => void setTimeout(settle, DRAIN_MS, exitCode).unref());
    child.stdin?.end(input);
  });
}
