import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { FuzzTarget } from './fuzz-target.ts';
import { findingText, summaryTable } from './report.ts';
import type { TargetResult } from './run-target.ts';
import { sharesOf, TARGETS } from './targets.ts';
import { watchTarget } from './watch-target.ts';

const HELP = `npm run fuzz -- [--inputs N]     so many inputs for all targets together (20,000)
             [--target name]  only this one; several times for several
             [--seed N]       the first input's seed (1); an input alone: its seed, and --inputs 1

targets: ${TARGETS.map(({ name }) => name).join(', ')}
`;
const MAX_NUMBER = 1_000_000_000;

/** `npm run fuzz`: exit code 0 when every reader kept its word, 1 when one did not, 2 for options that are none. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const inputs = numberIn(values.inputs, 'inputs');
  const seed = numberIn(values.seed, 'seed');
  const unknown = values.target.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) throw new RangeError(`There is no target ${unknown.join(', ')}.`);
  const wanted = TARGETS.filter(({ name }) => values.target.length === 0 || values.target.includes(name));
  const results = await runAll(sharesOf(wanted, inputs), seed);
  process.stdout.write(summaryTable(results));
  return results.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

/** As many targets at a time as there are processors. */
async function runAll(
  shares: ReadonlyMap<FuzzTarget, number>,
  seed: number,
): Promise<readonly TargetResult[]> {
  const queue = [...shares];
  const results = new Map<FuzzTarget, TargetResult>();
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [target, inputs] = next;
      const onProgress = (begun: number): void => {
        if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${target.name}: ${begun} of ${inputs} `);
      };
      const result = await watchTarget(target.name, { inputs, seed, onProgress });
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
      for (const finding of result.findings) process.stdout.write(findingText(finding));
      results.set(target, result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(shares.size, availableParallelism()) }, lane));
  return [...shares.keys()].flatMap((target) => results.get(target) ?? []);
}

function numberIn(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= MAX_NUMBER) return value;
  throw new RangeError(`--${option} must be a whole number from 0 to ${MAX_NUMBER}, not "${text}".`);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nnext: npm run fuzz -- --help\n`);
  process.exitCode = 2;
}
