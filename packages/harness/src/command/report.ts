import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { renderReport } from '../report/render-report.ts';
import { lastResults } from '../result/result-store.ts';
import { summarise } from '../result/summary.ts';
import { type HarnessIo, type HarnessOptions, printJson } from './io.ts';
import { summaryLines } from './play-log.ts';
import { createStyle } from './style.ts';

const DEFAULT_PATH = 'harness-report.html';

/** `tina harness report`: draws the results of the newest `tina harness run`. */
export async function report(
  io: HarnessIo,
  options: HarnessOptions & { readonly out: string | undefined },
): Promise<number> {
  const results = await lastResults(options.stateDir);
  const path = resolve(io.cwd, options.out ?? DEFAULT_PATH);
  await writeFile(path, renderReport(results));
  const summary = summarise(results);
  if (options.json) printJson(io, { report: path, summary });
  else io.out(`${summaryLines(summary, createStyle(io.colour))}report: ${path}\n`);
  return 0;
}
