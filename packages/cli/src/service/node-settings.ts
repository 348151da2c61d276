import { agentHostProgram } from '@tina/agents';
import { mergeConfig } from '@tina/contract';
import type { NodePrograms } from '@tina/daemon';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisProgram } from '../daemon/program.ts';
import type { HomePaths } from '../home/paths.ts';
import type { ServiceLog } from './daemon-log.ts';

/** The programs of this very build, and the launcher that belongs to it. */
export function nodePrograms({ stateDir, stoppedPath }: HomePaths, mcpPort: number | null): NodePrograms {
  const port = mcpPort === null ? [] : ['--mcp-port', String(mcpPort)];
  return {
    node: process.execPath,
    agentHost: [process.execPath, agentHostProgram()],
    tinaBin: findLauncher(dirname(fileURLToPath(import.meta.url))),
    mcpServer: [...thisProgram(), 'mcp'],
    daemonStart: {
      command: [...thisProgram(), 'daemon', 'start', '--unless-stopped', ...port],
      directory: stateDir,
      stoppedPath,
    },
  };
}

/** The launcher lies in `bin` of a folder above this file, in the sources as in a build. */
function findLauncher(folder: string): string {
  const bin = join(folder, 'bin');
  if (existsSync(join(bin, 'tina'))) return bin;
  const above = dirname(folder);
  if (above === folder) throw new Error('the launcher bin/tina is missing from this installation');
  return findLauncher(above);
}

/** How many agents the user lets this machine run. A configuration that cannot be read is told when a run starts. */
export async function machineAgents(home: HomePaths, log: ServiceLog): Promise<number> {
  const text = await readFile(home.configPath, 'utf8').catch(() => null);
  const merged = mergeConfig(text === null ? null : { path: home.configPath, text }, null);
  if (merged.ok) return merged.config.limits.machineAgents;
  log.write('warn', 'The configuration cannot be read; defaults hold.', {
    problem: merged.errors[0]?.message,
  });
  const defaults = mergeConfig(null, null);
  return defaults.ok ? defaults.config.limits.machineAgents : 1;
}
