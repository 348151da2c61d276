// npm run torture: processes that write to one store are killed at random; prints what became of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

const main = join(root, 'packages/store/src/sqlite/torture/main.ts');
const { status } = spawnSync(prepare(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
