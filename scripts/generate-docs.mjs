// npm run docs: writes the pages of docs/ that are made from the code. With --check, only says which are not up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

if (process.features.typescript) await writePages(process.argv.includes('--check'));
else {
  // The pages are made from TypeScript, which needs a newer Node than the one that npm runs with.
  const { status } = spawnSync(prepare(), process.argv.slice(1), { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

async function writePages(isCheck) {
  const { pages } = await import('./lib/docs/pages.mjs');
  for (const [name, text] of Object.entries(pages())) {
    const path = join(root, 'docs', name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (isCheck) {
      console.error(`docs/${name} is not what the code says now\nnext: npm run docs`);
      process.exitCode = 1;
    } else {
      writeFileSync(path, text);
      console.log(`docs/${name} written`);
    }
  }
}
