import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { torture, type TortureReport } from './torture.ts';

/** More than a person reads. */
const MOST_PROBLEMS = 50;

/** `npm run torture`: prints what became of a store whose writers are killed at random, and keeps it when it is damaged. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '5' }, writers: { type: 'string', default: '4' } },
  });
  const minutes = Number(values.minutes);
  const writers = Number(values.writers);
  if (!(minutes > 0) || !Number.isSafeInteger(writers) || writers < 1) {
    process.stderr.write('next: npm run torture -- --minutes 5 --writers 4\n');
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tina-torture-'));
  process.stdout.write(`${writers} processes write to one store and are killed at random, ${minutes} min\n`);
  const report = await torture({ path: join(folder, 'tina.db'), writers, durationMs: minutes * 60_000 });
  process.stdout.write(`${lines(report).join('\n')}\n`);
  if (report.problems.length === 0) return rmSync(folder, { recursive: true });
  process.stdout.write(`\nThe store was kept for a look: ${folder}\n`);
  process.exitCode = 1;
}

function lines(report: TortureReport): readonly string[] {
  const ms = ({ p50, p99, max }: TortureReport['commitMs']): string =>
    [p50, p99, max].map((value) => `${value.toFixed(1)} ms`).join(' / ');
  const { acknowledged, unheard, events, runs, kills, stops, busy, recoveries, problems } = report;
  const rows: readonly (readonly [string, string | number])[] = [
    ['commits acknowledged', acknowledged],
    ['commits kept whose writer was killed before it could say so', unheard],
    ['events', `${events} in ${runs} runs`],
    ['processes killed (SIGKILL)', `${kills}, ${recoveries} times all at once`],
    ['processes stopped for a while (SIGSTOP)', stops],
    ['writers that gave up because the store was busy', busy],
    ['commit: p50 / p99 / longest', ms(report.commitMs)],
    ['all killed, to the next commit: p50 / p99 / longest', ms(report.recoveryMs)],
    ['lost, doubled, torn or damaged', problems.length],
  ];
  return [
    ...rows.map(([name, figure]) => `${name.padEnd(62)}${figure}`),
    ...problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${problem}`),
  ];
}

await main();
