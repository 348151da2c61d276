import { accessSync, constants, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { agentFolder, cacheFolder, TEST_AGENTS, type TestAgent } from './pinned.ts';

/** Where an agent CLI is, or why a test has to be skipped. */
export type FoundTestAgent =
  | {
      readonly kind: 'found';
      readonly name: string;
      /** What to start, without the agent's own arguments. */
      readonly command: readonly [string, ...string[]];
      /** Null for one that the user brought. */
      readonly version: string | null;
    }
  | { readonly kind: 'missing'; readonly name: string; readonly reason: string };

/**
 * Looks for an agent CLI to test with: in the cache, or where the user's variable says.
 * @throws {Error} when no agent has that name.
 */
export function findTestAgent(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): FoundTestAgent {
  const agent = TEST_AGENTS.find((one) => one.name === name);
  if (agent === undefined) {
    throw new Error(`No test agent is named "${name}": ${TEST_AGENTS.map((one) => one.name).join(', ')}.`);
  }
  return agent.kind === 'own' ? findOwn(agent, env) : findPinned(agent, env);
}

type Env = Readonly<Record<string, string | undefined>>;

function findOwn(agent: Extract<TestAgent, { kind: 'own' }>, env: Env): FoundTestAgent {
  const { name, variable } = agent;
  const path = env[variable];
  if (path === undefined || path === '') {
    const reason = `skipped: not installed: ${name} (set ${variable} to the path of yours)`;
    return { kind: 'missing', name, reason };
  }
  if (!isExecutable(path)) {
    return { kind: 'missing', name, reason: `skipped: not installed: ${variable} names no program: ${path}` };
  }
  return { kind: 'found', name, command: [path], version: null };
}

function findPinned(agent: Extract<TestAgent, { kind: 'pinned' }>, env: Env): FoundTestAgent {
  const { name, version } = agent;
  const target = `${process.platform}-${process.arch}`;
  const cwd = join(agentFolder(cacheFolder(env, homedir()), agent), 'node_modules');
  const [program] = globSync(agent.program.replace('{target}', target), { cwd });
  if (program === undefined) {
    const reason = `skipped: not installed: ${name} ${version} (npm run agents:install -- ${name})`;
    return { kind: 'missing', name, reason };
  }
  const path = join(cwd, program);
  const command: [string, ...string[]] = agent.runBy === 'node' ? [process.execPath, path] : [path];
  return { kind: 'found', name, command, version };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
