import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crashPlay, type CrashPlayOptions, type CrashPlayResult } from './crash-play.ts';
import { disasterText, playDisasters } from './disaster/play-disasters.ts';
import { runMatrix } from './matrix.ts';
import { type DisasterChoice, HELP, type MatrixChoice, readOptions } from './options.ts';
import { type Point, pointsOf } from './point.ts';
import { Progress } from './progress.ts';
import { failureText, playText, tableOf } from './report.ts';
import { spread } from './spread.ts';
import { asidesOf, rowsOf } from './summary.ts';
import { walk } from './walk.ts';

/** `npm run crashes`: exit code 0 when nothing was lost, doubled, stuck or left over, 1 when something was, 2 for options that are none. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.kind === 'play') return await playOne(options.points, options.play);
  if (options.kind === 'disasters') return await playAll(options);
  return await playMatrix(options);
}

async function playOne(points: readonly Point[], options: CrashPlayOptions): Promise<number> {
  const result = await crashPlay(points, options);
  process.stdout.write(`${JSON.stringify(result.tried, null, 2)}\n`);
  if (result.kept !== null) process.stdout.write(failureText(result, options));
  return result.kept === null ? 0 : 1;
}

async function playAll({ wanted, ...how }: DisasterChoice): Promise<number> {
  const results = await playDisasters(wanted, how, (result) => {
    process.stdout.write(disasterText(result));
  });
  const failed = results.filter(({ kept }) => kept !== null);
  const skipped = results.filter(({ skipped }) => skipped !== null);
  process.stdout.write(`${results.length} disasters: ${failed.length} failed, ${skipped.length} skipped\n`);
  return failed.length === 0 ? 0 : 1;
}

async function playMatrix(choice: MatrixChoice): Promise<number> {
  const transactions = await walk();
  const points = pointsOf(spread(transactions, choice.points), choice.victims, choice.sides);
  const last = transactions.at(-1)?.last ?? 0;
  const head = `${last} events in ${transactions.length} transactions; ${points.length} points: ${choice.victims.join(', ')}; ${choice.sides.join(' and ')}`;
  if (!choice.json) process.stdout.write(`${head}\n`);
  const progress = new Progress(points.length);
  const played: { readonly play: string; readonly result: CrashPlayResult }[] = [];
  const begunAt = performance.now();
  await runMatrix({
    points,
    parallel: choice.parallel,
    chain: choice.chain,
    leavesLast: choice.leavesLast,
    onPlayed(result, options) {
      progress.played(result);
      played.push({ play: playText(result, options), result });
      if (result.kept !== null && !choice.json) process.stdout.write(failureText(result, options));
    },
  });
  progress.end();
  const rows = rowsOf(played.map(({ result }) => result));
  const summary = {
    events: last,
    transactions,
    points: points.length,
    durationMs: Math.round(performance.now() - begunAt),
    rows,
    asides: asidesOf(played.map(({ result }) => result)),
    plays: played,
  };
  const path = join(await mkdtemp(join(tmpdir(), 'tina-crashes-')), 'report.json');
  await writeFile(path, `${JSON.stringify(summary, null, 2)}\n`);
  if (choice.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else
    process.stdout.write(
      `${tableOf(rows)}${summary.asides.map((aside) => `${aside}\n`).join('')}${played.length} plays in ${(summary.durationMs / 60_000).toFixed(1)} min; all of them: ${path}\n`,
    );
  const isMissed = (rows.at(-1)?.missed ?? 0) > 0;
  return played.some(({ result }) => result.kept !== null) || isMissed ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const text = error instanceof RangeError ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${text}\nnext: npm run crashes -- --help\n`);
  process.exitCode = 2;
}
