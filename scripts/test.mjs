// npm test: everything. With a test's name or a file behind `--`, only the tests that are asked for.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gate } from './lib/gate.mjs';
import { prepare, root, runBuild } from './lib/prepare.mjs';

const args = process.argv.slice(2);
const narrowed = args.some(
  (arg) => !arg.startsWith('-') || arg === '-t' || arg.startsWith('--testNamePattern'),
);
const folder = mkdtempSync(join(tmpdir(), 'tina-test-'));
const skipsFile = join(folder, 'skips');
const stages = [];

async function stage(name, run) {
  const started = performance.now();
  const state = (await run()) ? 'passed' : 'FAILED';
  stages.push({ name, state, note: `${((performance.now() - started) / 1000).toFixed(1)} s` });
}

function leaveOut(name, why) {
  stages.push({ name, state: 'skipped', note: why });
}

function vitest(node, ...own) {
  const env = { ...process.env, TINA_SKIPS: skipsFile };
  const result = spawnSync(node, [join(root, 'node_modules/.bin/vitest'), 'run', ...own, ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  return result.status === 0;
}

/** One line for each test that did not run. A filter leaves tests out too, but those have no reason to tell. */
function skippedTests() {
  if (!existsSync(skipsFile)) return [];
  return readFileSync(skipsFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ why }) => !narrowed || why !== null)
    .map(({ test, why }) => `skipped: ${test}: ${why ?? 'no reason given'}`);
}

const node = prepare();
if (narrowed) {
  leaveOut('check', 'only the tests that were asked for');
  await stage('build', () => runBuild(node));
  await stage('tests', () => vitest(node));
  leaveOut('coverage', 'only the tests that were asked for');
} else {
  await stage('check', async () => (await gate(node, { unitTests: false })).length === 0);
  await stage('build', () => runBuild(node));
  await stage('unit tests', () => vitest(node, '--project', 'unit', '--project', 'machine', '--coverage'));
  // Skips what is not installed: npm run agents:install.
  await stage('agent tests', () => vitest(node, '--project', 'agents'));
  if (existsSync(join(root, 'packages/harness/e2e')))
    await stage('e2e tests', () => vitest(node, '--project', 'e2e'));
  else leaveOut('e2e tests', 'there are none in packages/harness/e2e');
}

console.log('');
for (const { name, state, note } of stages) console.log(`${name.padEnd(12)}${state.padEnd(10)}${note}`);
for (const line of skippedTests()) console.log(line);
rmSync(folder, { recursive: true, force: true });
process.exitCode = stages.some(({ state }) => state === 'FAILED') ? 1 : 0;
