import { join } from 'node:path';

import type { CheckDefinition, CheckResult } from '@tina/domain';

import { runCheck } from './run-check.ts';
import type { RunCheck } from './run-check.ts';

export interface RunChecks extends Omit<RunCheck, 'definition' | 'outputPath'> {
  readonly definitions: readonly CheckDefinition[];
  /** Takes `<name of the check>.log`; below `stateDir`, and another folder for each job. */
  readonly outputDirectory: string;
}

/** Runs checks one after the other, all of them whatever comes out; they may share a build folder. */
export async function runChecks(parameters: RunChecks): Promise<readonly CheckResult[]> {
  const { definitions, outputDirectory, ...common } = parameters;
  const results: CheckResult[] = [];
  for (const definition of definitions) {
    const outputPath = join(outputDirectory, `${definition.name}.log`);
    results.push(await runCheck({ ...common, definition, outputPath }));
  }
  return results;
}
