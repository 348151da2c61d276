// The gate: everything that must hold before a change is worth a look. Fast, so that it is run.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { houseFindings } from './house.mjs';
import { root } from './prepare.mjs';

const tool = (name, ...args) => [join(root, 'node_modules/.bin', name), ...args];

/** Longest first, so that the short ones fill the gaps. */
const steps = [
  { name: 'unit tests', run: tool('vitest', 'run', '--project', 'unit', '--reporter', 'dot') },
  { name: 'unused', run: tool('knip', '--no-progress') },
  { name: 'lint', run: tool('oxlint') },
  { name: 'lint rules', run: [join(root, 'scripts/lint/prove.mjs')] },
  { name: 'types', run: tool('tsc', '-p', '.') },
  { name: 'types of domain', run: tool('tsc', '-p', 'packages/domain') },
  { name: 'format', run: tool('oxfmt', '--check'), next: 'npm run format' },
  { name: 'duplicates', run: tool('jscpd', '--no-colors', '--no-tips') },
  { name: 'house rules', find: houseFindings },
];

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

function runTool(node, args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function runStep(node, step) {
  const started = performance.now();
  const findings = step.find?.();
  const result =
    findings === undefined
      ? await runTool(node, step.run)
      : { ok: findings.length === 0, output: findings.join('\n') };
  console.log(
    `${result.ok ? 'ok  ' : 'FAIL'}  ${step.name.padEnd(16)}${seconds(performance.now() - started).padStart(7)}`,
  );
  if (!result.ok)
    console.log(`\n${result.output.trim()}\n${step.next === undefined ? '' : `next: ${step.next}\n`}`);
  return result.ok ? [] : [step.name];
}

/** Runs the steps side by side, as many as there are cores. Returns the names of those that failed. */
export async function gate(node, { unitTests = true } = {}) {
  const started = performance.now();
  const queue = steps.filter((step) => unitTests || step.name !== 'unit tests');
  const count = queue.length;
  const lane = async () => {
    const failed = [];
    for (let step = queue.shift(); step !== undefined; step = queue.shift())
      failed.push(...(await runStep(node, step)));
    return failed;
  };
  const lanes = Array.from({ length: Math.min(count, Math.max(2, availableParallelism())) }, lane);
  const failed = (await Promise.all(lanes)).flat();
  const verdict = failed.length === 0 ? 'passed' : `failed: ${failed.join(', ')}`;
  console.log(`check: ${verdict} (${count} steps, ${seconds(performance.now() - started)})`);
  return failed;
}
