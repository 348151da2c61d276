import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { exhaustiveScenarios, planExhaustive } from './exhaustive.ts';
import { kindOf, shrink } from './shrink.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { simulate } from './simulate.ts';
import { add, describeTotals, type Failure, noTotals, type Totals } from './totals.ts';
import type { WorkerTask } from './worker.ts';

const HELP = `npm run simulate -- [--seeds N] [--from N]     N histories, one after the other seed (1000 from seed 1)
                [--first]                      no more after the first that breaks a guarantee, and nothing shrunk
                [--sqlite]                     all of them on SQLite, not every eighth
                [--workers N]                  so many at a time (one for each core)
npm run simulate -- --exhaustive [--every K]   one history of two phases and a remediation, killed at every (Kth) step:
                                               daemon, host, agent, and all at once
npm run simulate -- --seed N [--trace]         one history, the same every time; every step of it with --trace
npm run simulate -- --scenario '<json>'        one history as it was shrunk
`;
/** Of a failing history, this much of its end is shown. */
const SHOWN_STEPS = 60;
/** Where nobody looks on, progress is a line after so many histories. */
const TELL_EVERY = 500;
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
      exhaustive: { type: 'boolean', default: false },
      sqlite: { type: 'boolean', default: false },
      every: { type: 'string', default: '1' },
      workers: { type: 'string' },
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
  const workers = numberIn(values.workers ?? String(availableParallelism()), 'workers');
  if (values.exhaustive) return await playExhaustive(from, numberIn(values.every, 'every') || 1, workers);
  const size = numberIn(values.seeds, 'seeds');
  const which = { kind: 'seeds', first: from, end: from + size, isOnSqlite: values.sqlite } as const;
  return await playAll({ which, size }, workers, values.first);
}

function numberIn(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= MAX_SEEDS) return value;
  throw new RangeError(`--${option} must be a whole number from 0 to ${MAX_SEEDS}, not "${text}".`);
}

interface Batch {
  readonly which: WorkerTask['which'];
  readonly size: number;
}

async function playAll(
  { which, size }: Batch,
  workersWanted: number,
  stopsAtFirst: boolean,
): Promise<number> {
  const workers = Math.max(1, Math.min(workersWanted, size));
  const totals = noTotals();
  const begunAt = performance.now();
  const stop = new AbortController();
  let told = 0;
  const heard = (more: Totals): void => {
    add(totals, more);
    for (const { scenario, message } of more.failures)
      process.stdout.write(`seed ${scenario.seed}: ${message}${killOf(scenario, which)}\n`);
    if (process.stderr.isTTY) process.stderr.write(`\r${totals.seeds} of ${size}`);
    else if (totals.seeds >= told + TELL_EVERY) {
      told = totals.seeds;
      process.stderr.write(`${totals.seeds} of ${size}, ${totals.failures.length} broken\n`);
    }
    if (stopsAtFirst && totals.failures.length > 0) stop.abort();
  };
  const tasks = Array.from({ length: workers }, (_, own) => ({ own, step: workers, which }));
  await Promise.all(tasks.map((task) => runWorker(task, heard, stop.signal)));
  if (process.stderr.isTTY) process.stderr.write('\r');
  process.stdout.write(describeTotals(totals, performance.now() - begunAt));
  const [first] = totals.failures.toSorted((a, b) => a.scenario.seed - b.scenario.seed);
  if (first === undefined) return 0;
  if (!stopsAtFirst) await explain(first);
  return 1;
}

/** Of an exhaustive history, what was killed where. */
function killOf({ faults }: Scenario, { kind }: WorkerTask['which']): string {
  const [fault] = faults;
  return kind === 'exhaustive' && fault ? ` (${fault.kind} at step ${fault.atStep})` : '';
}

async function playExhaustive(from: number, every: number, workers: number): Promise<number> {
  const plan = await planExhaustive(from, every);
  const { scenario, undisturbed, steps } = plan;
  process.stdout.write(
    `seed ${scenario.seed}: two phases and ${undisturbed.remediations} remediations in ${undisturbed.steps} steps; ` +
      `killing at ${steps.length} of them\n`,
  );
  const which = { kind: 'exhaustive', from: scenario.seed, every } as const;
  return playAll({ which, size: exhaustiveScenarios(plan).length }, workers, false);
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
async function explain({ scenario, message }: Failure): Promise<void> {
  process.stdout.write(`\nseed ${scenario.seed} again, and smaller:\n`);
  const small = await shrink(scenario, message, ({ faults }) => {
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
