import { TinaError, UsageError } from '@tina/contract';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PlayedFault } from '../fault/fault-player.ts';
import { runScenario } from '../play/run-scenario.ts';
import type { ChosenAgent } from '../play/play-options.ts';
import { renderReport } from '../report/render-report.ts';
import { keepResults } from '../result/result-store.ts';
import type { ScenarioResult } from '../result/scenario-result.ts';
import { summarise } from '../result/summary.ts';
import { findScenario, shippedNames } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Notice } from '../watcher/notice.ts';
import { chooseAgent } from './choose-agent.ts';
import { type HarnessIo, type HarnessOptions, printJson } from './io.ts';
import { faultLine, noticeLine, resultLines, summaryLines } from './play-log.ts';
import { createStyle } from './style.ts';

export interface RunOptions extends HarnessOptions {
  /** Names or paths; none: every one that comes with Tina. */
  readonly scenarios: readonly string[];
  readonly all: boolean;
  readonly agent: string | undefined;
  readonly runs: number;
  readonly keep: boolean;
  /** Where to write the report. */
  readonly report: string | undefined;
}

/** Ctrl-C. */
const INTERRUPTED = 130;

/** `tina harness run`: plays scenarios; 0 when everything came as expected, else 1. All scenarios are read before one is played. */
export async function run(io: HarnessIo, options: RunOptions): Promise<number> {
  refuseWithoutProc();
  const scenarios = await chooseScenarios(io, options);
  const agent = await chooseAgent(options.agent, io, options);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios)
    for (let repetition = 1; repetition <= options.runs && !io.signal.aborted; repetition += 1)
      results.push(...(await playOne(io, options, scenario, repetition, agent)));
  const summary = summarise(results);
  await keepResults(options.stateDir, results);
  if (options.report !== undefined) await writeFile(resolve(io.cwd, options.report), renderReport(results));
  if (options.json) printJson(io, { summary });
  else {
    io.out(`\n${summaryLines(summary, createStyle(io.colour))}`);
    const made = options.report ?? null;
    io.out(made === null ? 'next: tina harness report      draws it for the browser\n' : `report: ${made}\n`);
  }
  if (io.signal.aborted) return INTERRUPTED;
  return summary.asExpected === summary.plays ? 0 : 1;
}

/** What a scenario kills, and what is left of it, is found by /proc. */
function refuseWithoutProc(): void {
  if (existsSync('/proc/self/environ')) return;
  throw new TinaError({
    code: 'needs_linux',
    message: 'Scenarios are played on Linux: here, processes cannot be found by what their environment says.',
    next: ['tina harness list', 'play them in a container or on a Linux machine'],
  });
}

async function chooseScenarios(io: HarnessIo, options: RunOptions): Promise<readonly Scenario[]> {
  if (options.all === options.scenarios.length > 0) {
    throw new UsageError({
      code: 'usage',
      message: 'Name at least one scenario, or give --all and name none.',
      next: ['tina harness list', 'tina harness run --all'],
    });
  }
  const given = options.all ? await shippedNames() : options.scenarios;
  return Promise.all(given.map(async (name) => loadScenario(await findScenario(name, io.cwd), name)));
}

/** Plays a scenario once. One that was interrupted has no result. */
async function playOne(
  io: HarnessIo,
  { json, keep, runs }: RunOptions,
  scenario: Scenario,
  repetition: number,
  agent: ChosenAgent,
): Promise<readonly ScenarioResult[]> {
  const style = createStyle(io.colour);
  const which = { scenario: scenario.name, repetition };
  const many = runs > 1 ? style.dim(` (${repetition} of ${runs})`) : '';
  if (!json) io.out(`\n${style.bold(scenario.name)}  ${scenario.title}${many}\n`);
  const onNotice = (notice: Notice): void => {
    if (json) printJson(io, { notice: { ...which, ...notice } });
    else io.out(noticeLine(notice, style));
  };
  const onPlayed = (played: PlayedFault): void => {
    if (json) printJson(io, { fault: { ...which, ...played } });
    else io.out(faultLine(played, style));
  };
  const options = { agent, keep, signal: io.signal, onNotice, onPlayed };
  const result = await runScenario(scenario, repetition, options);
  if (io.signal.aborted) {
    io.err(
      `interrupted; ${result.folder === null ? 'what it made is removed' : `kept in ${result.folder}`}\n`,
    );
    return [];
  }
  if (json) printJson(io, { result });
  else io.out(resultLines(result, style));
  return [result];
}
