import type { PlayedFault } from '../fault/fault-player.ts';
import type { ScenarioResult } from '../result/scenario-result.ts';
import type { Summary } from '../result/summary.ts';
import { elapsed, type Notice } from '../watcher/notice.ts';
import type { Style } from './style.ts';

const MARKS = { milestone: ' ', setback: '·', anomaly: '!' } as const;

/** One line of what is done to the run: `     1.0 s  > kill daemon`. */
export function faultLine({ afterMs, text }: PlayedFault, style: Style): string {
  return style.bold(`${seconds(afterMs)}  > ${text}\n`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(8)} s`;
}

/** One line of the watcher: `     0.4 s    run r1 created`. */
export function noticeLine({ kind, afterMs, text }: Notice, style: Style): string {
  const line = `${seconds(afterMs)}  ${MARKS[kind]} ${text}\n`;
  if (kind === 'anomaly') return style.yellow(line);
  return kind === 'setback' ? style.dim(line) : line;
}

/** How one play came out, with everything that a failure is seen by. */
export function resultLines(result: ScenarioResult, style: Style): string {
  const { runs, durationMs, failures, folder } = result;
  const end = runs[0]?.status ?? 'not launched';
  const took = `${end} after ${elapsed(durationMs)}`;
  const kept =
    folder === null ? '' : `kept: cd ${folder}/repo && export TINA_HOME=${folder}/home && tina status\n`;
  if (failures.length === 0) return `${style.green('ok')} ${took}, as expected\n${kept}`;
  const lines = failures.flatMap(({ category, message, evidence, next }) => [
    `${style.red(`FAIL (${category})`)} ${message}`,
    ...evidence.flatMap(({ title, lines }) => [
      `     ${style.dim(`${title}:`)}`,
      ...lines.map((line) => `       ${line}`),
    ]),
    ...next.map((text, index) => `${index === 0 ? 'next:' : '     '} ${text}`),
  ]);
  return `${lines.join('\n')}\n${kept}`;
}

/** What all plays come to. */
export function summaryLines(summary: Summary, style: Style): string {
  const { plays, asExpected, meantToComplete, p50Ms, p99Ms, anomalies, failures } = summary;
  const categories = Object.entries(failures).map(([category, count]) => `${count} ${category}`);
  const verdict = `${asExpected} of ${plays} as expected`;
  const lines = [
    asExpected === plays ? style.green(verdict) : style.red(verdict),
    ...(meantToComplete === 0 ? [] : [unaidedLine(summary)]),
    `durations: p50 ${elapsed(p50Ms)}, p99 ${elapsed(p99Ms)}; anomalies: ${anomalies}`,
    ...(categories.length === 0 ? [] : [`failures: ${categories.join(', ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function unaidedLine({ finishedUnaided, meantToComplete }: Summary): string {
  const percent = Math.round((100 * finishedUnaided) / meantToComplete);
  return `${finishedUnaided} of ${meantToComplete} that are meant to end complete did so without a manual edit (${percent} %)`;
}
