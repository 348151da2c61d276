import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { installAgent, type NpmCommand } from './install.ts';
import { cacheFolder, TEST_AGENTS, type OwnAgent, type PinnedAgent } from './pinned.ts';

const MEGABYTE = 1024 * 1024;

/** The npm that runs this script, else the one on PATH. */
function npmCommand(): NpmCommand {
  const running = process.env['npm_execpath'];
  const isNpm = running !== undefined && /^npm-cli\.c?js$/.test(basename(running)) && existsSync(running);
  return isNpm ? [process.execPath, running] : ['npm'];
}

function chosenAgents(names: readonly string[]): {
  pinned: PinnedAgent[];
  own: OwnAgent[];
  unknown: string[];
} {
  const isChosen = (agent: PinnedAgent): boolean =>
    names.length === 0 ? agent.optional !== true : names.includes(agent.name);
  return {
    pinned: TEST_AGENTS.filter((agent) => agent.kind === 'pinned').filter(isChosen),
    own: TEST_AGENTS.filter((agent) => agent.kind === 'own'),
    unknown: names.filter((name) => !TEST_AGENTS.some((agent) => agent.name === name)),
  };
}

async function install(agent: PinnedAgent, cache: string): Promise<boolean> {
  const label = `${agent.name} ${agent.version}`.padEnd(20);
  const started = performance.now();
  process.stdout.write(`${label} ...\n`);
  try {
    const { isNew, bytes } = await installAgent(agent, cache, npmCommand());
    const size = `${Math.round(bytes / MEGABYTE)} MB`.padStart(7);
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    process.stdout.write(`${label} ${size}  ${isNew ? `installed in ${seconds}` : 'there already'}\n`);
    return true;
  } catch (error) {
    process.stderr.write(`${label} ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

async function main(): Promise<number> {
  const cache = cacheFolder(process.env, homedir());
  const { pinned, own, unknown } = chosenAgents(process.argv.slice(2));
  if (unknown.length > 0) {
    const known = TEST_AGENTS.map(({ name }) => name).join(', ');
    process.stderr.write(`No agent is named ${unknown.join(', ')}. Known: ${known}.\n`);
    return 2;
  }
  process.stdout.write(`Agent CLIs for tests, in ${cache}\n`);
  let isComplete = true;
  for (const agent of pinned) isComplete = (await install(agent, cache)) && isComplete;
  for (const { name, variable } of own) {
    const path = process.env[variable];
    const state =
      path === undefined || path === '' ? `not installed by Tina: set ${variable} to yours` : path;
    process.stdout.write(`${name.padEnd(20)} ${state}\n`);
  }
  return isComplete ? 0 : 1;
}

process.exitCode = await main();
