// npm run bench: measures what the README promises; with names, only those benchmarks.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

const node = prepare({ build: true });
const { status } = spawnSync(node, [join(root, 'bench/main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
