import type { Finding, TargetResult } from './run-target.ts';

/** Of an input, so much is shown; the seed makes all of it again. */
const SHOWN_INPUT = 2_000;
const SHOWN_MESSAGE = 1_500;

/** What came of all targets, a line for each. */
export function summaryTable(results: readonly TargetResult[]): string {
  const rows = results.map((result) => cells(result));
  const sum = (of: (result: TargetResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const all: TargetResult = {
    target: 'all',
    inputs: sum(({ inputs }) => inputs),
    accepted: sum(({ accepted }) => accepted),
    refused: sum(({ refused }) => refused),
    slowestMs: Math.max(0, ...results.map(({ slowestMs }) => slowestMs)),
    slowestShortMs: Math.max(0, ...results.map(({ slowestShortMs }) => slowestShortMs)),
    durationMs: sum(({ durationMs }) => durationMs),
    findings: results.flatMap(({ findings }) => findings),
  };
  return [HEAD, ...rows, cells(all)].map((row) => `${line(row)}\n`).join('');
}

const HEAD = ['target', 'inputs', 'accepted', 'refused', 'slowest', 'up to 16 kB', 'took', 'findings'];

function cells(result: TargetResult): readonly string[] {
  const { target, inputs, accepted, refused, slowestMs, slowestShortMs, durationMs, findings } = result;
  return [
    target,
    count(inputs),
    count(accepted),
    count(refused),
    `${slowestMs.toFixed(0)} ms`,
    `${slowestShortMs.toFixed(0)} ms`,
    `${(durationMs / 1_000).toFixed(1)} s`,
    count(findings.length),
  ];
}

function line([name = '', ...rest]: readonly string[]): string {
  return name.padEnd(14) + rest.map((cell) => cell.padStart(12)).join('');
}

function count(number: number): string {
  return number.toLocaleString('en');
}

/** A finding with what makes it again. */
export function findingText({ target, kind, seed, message, input }: Finding): string {
  const shown =
    input.length > SHOWN_INPUT ? `${input.slice(0, SHOWN_INPUT)}… (${input.length} characters)` : input;
  return [
    `${target}: ${kind}: ${message.slice(0, SHOWN_MESSAGE)}`,
    `  input: ${shown}`,
    `  again: npm run fuzz -- --target ${target} --seed ${seed} --inputs 1`,
    '',
  ].join('\n');
}
