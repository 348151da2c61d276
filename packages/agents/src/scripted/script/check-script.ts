import { readFile, stat } from 'node:fs/promises';
import type { AgentProblem } from '../../adapter/agent-adapter.ts';
import { MAX_SCRIPT_BYTES, parseScript } from './parse-script.ts';

/** Everything that is wrong with a script's file, each with its place. */
export async function checkScript(file: string): Promise<readonly AgentProblem[]> {
  const source = await readScript(file);
  if (typeof source !== 'string') return [source];
  return parseScript(source).problems.map(({ message, line, column }) => ({
    message,
    file,
    line,
    column,
    next: ['correct the script; docs/scripted-agent.md has every step'],
  }));
}

async function readScript(file: string): Promise<string | AgentProblem> {
  const fileProblem = (what: string, next: string): AgentProblem => ({
    message: `The script ${file} ${what}.`,
    file,
    line: null,
    column: null,
    next: [next],
  });
  try {
    const entry = await stat(file);
    if (!entry.isFile())
      return fileProblem('is not a file', "correct the agent's script in the configuration");
    if (entry.size > MAX_SCRIPT_BYTES) {
      return fileProblem(
        `is larger than ${MAX_SCRIPT_BYTES / 1024} KiB`,
        'split what it does over several agents',
      );
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) return fileProblem('is not UTF-8', 'save it as UTF-8');
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return fileProblem(
      isMissing ? 'does not exist' : `cannot be read: ${(error as Error).message}`,
      "write it, or correct the agent's script in the configuration",
    );
  }
}
