// npm run simulate:prove: plants bugs in a copy of the code, one after the other, and looks whether the simulation finds
// each. A simulation that finds nothing proves nothing.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';
import { mutations } from './lib/mutations.mjs';

const SEEDS = 400;

const node = prepare({ build: false });
const copy = mkdtempSync(join(tmpdir(), 'tina-mutations-'));
try {
  cpSync(join(root, 'packages'), join(copy, 'packages'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  linkModules();
  const wanted = process.argv.slice(2);
  const tried = mutations.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  play('the code as it is', 20, 'held');
  let missed = 0;
  for (const mutation of tried) {
    const found = findsIt(mutation);
    if (found === null) missed += 1;
    process.stdout.write(
      `${found === null ? 'MISSED' : 'found '}  ${mutation.name.padEnd(26)} ${found ?? ''}\n`,
    );
  }
  process.stdout.write(`${tried.length - missed} of ${tried.length} planted bugs were found\n`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** Everything that is installed, but Tina's own packages from the copy. */
function linkModules() {
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@tina'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => each !== '@tina')) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(modules, '@tina', name));
  }
}

/** What the simulation says of a bug; null when it says nothing. */
function findsIt({ name, file, from, to }) {
  const path = join(copy, 'packages', file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${name}: ${file} does not hold its text exactly once`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return play(name, SEEDS, 'any', file.startsWith('store/'));
  } finally {
    writeFileSync(path, text);
  }
}

/** What breaks first in so many histories; null when nothing does. Throws when they cannot be played, or `held` was wanted. */
function play(name, seeds, wanted, isOnSqlite = false) {
  const main = join(copy, 'packages/harness/src/simulation/main.ts');
  const args = [main, '--seeds', String(seeds), '--first', ...(isOnSqlite ? ['--sqlite'] : [])];
  const { stdout, stderr } = spawnSync(node, args, { encoding: 'utf8', cwd: copy });
  const failure = /^seed \d+: .*$/m.exec(stdout)?.[0] ?? null;
  if (!stdout.includes('histories') || (wanted === 'held' && failure !== null)) {
    throw new Error(`${name}: ${failure ?? stderr.slice(0, 2_000)}`);
  }
  return failure;
}
