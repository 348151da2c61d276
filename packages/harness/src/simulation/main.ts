import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { kindOf, shrink } from './shrink.ts';
import { type Scenario, scenarioOf, simulate } from './simulate.ts';
import { add, describeTotals, type Failure, noTotals, type Totals } from './totals.ts';
import type { WorkerTask } from './worker.ts';

const HELP = `npm run simulate -- [--seeds N] [--from N]     N histories, one after the other seed (1000 from seed 1)
                [--first]                      no more after the first that breaks a guarantee, and nothing shrunk
npm run simulate -- --seed N [--trace]         one history, the same every time; every step of it with --trace
npm run simulate -- --scenario '<json>'        one history as it was shrunk
`;
/** Of a failing history, this much of its end is shown. */
const SHOWN_STEPS = 60;
const MAX_SEEDS = 100_000_000;

/** `npm run simulate`: exit code 0 when every guarantee held, 1 when one did not, 2 for options that are none. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      scenario: { type: 'string' },
      first: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.scenario !== undefined)
    return await replay(JSON.parse(values.scenario) as Scenario, values.trace);
  if (values.seed !== undefined) return await replay(scenarioOf(numberIn(values.seed, 'seed')), values.trace);
  const from = numberIn(values.from, 'from');
  return await playAll(from, from + numberIn(values.seeds, 'seeds'), values.first);
}

function numberIn(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= MAX_SEEDS) return value;
  throw new RangeError(`--${option} must be a whole number from 0 to ${MAX_SEEDS}, not "${text}".`);
}

async function playAll(from: number, end: number, stopsAtFirst: boolean): Promise<number> {
  const workers = Math.max(1, Math.min(availableParallelism(), end - from));
  const totals = noTotals();
  const begunAt = performance.now();
  const stop = new AbortController();
  const heard = (more: Totals): void => {
    add(totals, more);
    for (const { seed, message } of more.failures) process.stdout.write(`seed ${seed}: ${message}\n`);
    if (process.stderr.isTTY) process.stderr.write(`\r${totals.seeds} of ${end - from}`);
    if (stopsAtFirst && totals.failures.length > 0) stop.abort();
  };
  const tasks = Array.from({ length: workers }, (_, index) => ({ first: from + index, end, step: workers }));
  await Promise.all(tasks.map((task) => runWorker(task, heard, stop.signal)));
  if (process.stderr.isTTY) process.stderr.write('\r');
  process.stdout.write(describeTotals(totals, performance.now() - begunAt));
  const [first] = totals.failures.toSorted((a, b) => a.seed - b.seed);
  if (first === undefined) return 0;
  if (!stopsAtFirst) await explain(first);
  return 1;
}

function runWorker(task: WorkerTask, onTotals: (totals: Totals) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task });
    signal.addEventListener('abort', () => void worker.terminate());
    worker.on('message', onTotals);
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

/** The failure again, in as small a world as shows it. */
async function explain({ seed, message }: Failure): Promise<void> {
  process.stdout.write(`\nseed ${seed} again, and smaller:\n`);
  const small = await shrink(scenarioOf(seed), message, ({ faults }) => {
    process.stdout.write(`  ${faults.length} faults, the same: ${kindOf(message)}\n`);
  });
  await replay(small, false);
  process.stdout.write(`next: npm run simulate -- --scenario '${JSON.stringify(small)}' --trace\n`);
}

async function replay(scenario: Scenario, showsAll: boolean): Promise<number> {
  const lines: string[] = [];
  const { violation, steps } = await simulate(scenario, (line) => {
    if (showsAll) process.stdout.write(`${line}\n`);
    else lines.push(line);
  });
  process.stdout.write(`${JSON.stringify(scenario)}\n`);
  if (violation === null) {
    process.stdout.write(`${steps} steps; every guarantee held\n`);
    return 0;
  }
  process.stdout.write(`${lines.slice(-SHOWN_STEPS).join('\n')}\n${violation.message}\n`);
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  process.exitCode = 2;
}
