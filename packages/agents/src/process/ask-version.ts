import type { AgentContext } from '../adapter/agent-adapter.ts';
import { AgentProcess } from './agent-process.ts';
import { TextTail } from './text-tail.ts';

/** A program that does not tell its version by then is taken for one that has none to tell. */
const TIMEOUT_MS = 5_000;
const MAX_OUTPUT = 16_000;
const MAX_VERSION = 200;

/** The first line that the program prints; null when it fails, hangs or prints nothing. */
export async function askVersion(
  program: string,
  args: readonly string[],
  context: AgentContext,
): Promise<string | null> {
  const { hasSucceeded, output } = await askProgram(program, args, context);
  const line = output.trim().split('\n')[0]?.trim() ?? '';
  return hasSucceeded && line !== '' ? line.slice(0, MAX_VERSION) : null;
}

/** What a program prints that is asked something, without a stdin. One that hangs is ended after five seconds. */
export async function askProgram(
  program: string,
  args: readonly string[],
  { projectDirectory, env }: AgentContext,
): Promise<{ readonly hasSucceeded: boolean; readonly output: string }> {
  const output = new TextTail(MAX_OUTPUT);
  let hasSucceeded = false;
  const asked = new AgentProcess({
    program,
    args,
    directory: projectDirectory,
    env: definedOnly(env),
    input: 'none',
    sandbox: null,
    onOutput: (stream, text) => {
      if (stream === 'stdout') output.push(text);
    },
    onEnd: (end) => {
      hasSucceeded = end.exitCode === 0;
    },
  });
  const timer = setTimeout(() => void asked.end({ graceMs: 0 }), TIMEOUT_MS);
  await asked.ended;
  clearTimeout(timer);
  return { hasSucceeded, output: output.toString() };
}

function definedOnly(env: AgentContext['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
