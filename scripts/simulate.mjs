// npm run simulate: plays histories of a simulated machine and looks whether every guarantee holds.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

const node = prepare({ build: false });
const main = join(root, 'packages/harness/src/simulation/main.ts');
const { status } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
