import { TinaError } from '@tina/contract';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioResult } from './scenario-result.ts';

/** The version of the file. */
const VERSION = 1;

function pathIn(stateDir: string): string {
  return join(stateDir, 'harness', 'last.json');
}

/** Keeps the results of the newest `tina harness run`, in place of those before. */
export async function keepResults(stateDir: string, results: readonly ScenarioResult[]): Promise<void> {
  const path = pathIn(stateDir);
  await mkdir(join(stateDir, 'harness'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.${process.pid}`, JSON.stringify({ version: VERSION, results }), { mode: 0o600 });
  await rename(`${path}.${process.pid}`, path);
}

/**
 * The results of the newest `tina harness run`.
 *
 * @throws TinaError `no_results` where there are none
 */
export async function lastResults(stateDir: string): Promise<readonly ScenarioResult[]> {
  const path = pathIn(stateDir);
  try {
    const { version, results } = JSON.parse(await readFile(path, 'utf8')) as {
      readonly version: number;
      readonly results: readonly ScenarioResult[];
    };
    if (version === VERSION) return results;
  } catch (error) {
    if (!(error instanceof SyntaxError) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  throw new TinaError({
    code: 'no_results',
    message: 'There are no results of a scenario to report.',
    place: { file: path },
    next: ['tina harness run --all'],
  });
}
