// npm run fuzz: gives every reader what is nearly right, and looks whether each keeps its word.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

const main = join(root, 'packages/harness/src/fuzz/main.ts');
const { status } = spawnSync(prepare(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
