// npm run crashes: kills daemon, agent hosts, agents and tmux at every commit of a run, and looks what became of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

const node = prepare({ build: true });
const main = join(root, 'packages/harness/src/crash/main.ts');
const { status } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
