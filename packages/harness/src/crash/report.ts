import type { CrashPlayOptions, CrashPlayResult } from './crash-play.ts';
import type { Percentiles, Row } from './summary.ts';

const HEAD = [
  'victim, side',
  'killed',
  'later',
  'nobody',
  'missed',
  'lost',
  'doubled',
  'stuck',
  'left over',
  'unclean',
  'recovery p50 / p99 / max',
  'next attempt p50 / p99 / max',
];

/** For a person, and as it stands in docs/crash-matrix.md. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map((row) => cellsOf(row))];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) => `${line.map((cell, column) => pad(cell, column, widths)).join('  ')}\n`)
    .join('');
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function cellsOf(row: Row): readonly string[] {
  const { name, killed, later, nobody, missed, lost, doubled, stuck, leftOver, unclean } = row;
  const counts = [killed, later, nobody, missed, lost, doubled, stuck, leftOver, unclean];
  return [name, ...counts.map(String), times(row.recovery), times(row.replacement)];
}

function times({ p50, p99, max }: Percentiles): string {
  return p50 === null ? '-' : [p50, p99, max].map((ms) => ((ms ?? 0) / 1_000).toFixed(2)).join(' / ') + ' s';
}

/** A play that was not as it should be, and the command that repeats it. */
export function failureText(result: CrashPlayResult, options: CrashPlayOptions): string {
  const { verdict, kept } = result;
  const lines = Object.entries(verdict).flatMap(([kind, problems]: [string, readonly string[]]) =>
    problems.map((problem) => `  ${kind}: ${problem}`),
  );
  return [
    `FAILED ${playText(result, options)}`,
    ...lines,
    `  kept: ${kept}`,
    `  again: npm run crashes -- --play ${playText(result, options)}`,
    '',
  ].join('\n');
}

/** `daemon:before:5,24,43:7`: victim, side, events, and the turn by which hosts and agents are chosen. */
export function playText({ points }: CrashPlayResult, { turn, leavesLast }: CrashPlayOptions): string {
  const [first] = points;
  const events = points.map(({ event }) => event).join(',');
  return `${first?.victim}:${first?.side}:${events}:${turn}${leavesLast ? ':host' : ''}`;
}
