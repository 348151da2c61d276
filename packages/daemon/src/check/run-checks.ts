import { join } from 'node:path';

import type { CheckDefinition, CheckResult } from '@tina/domain';

import { runCheck } from './run-check.ts';
import type { RunCheck } from './run-check.ts';

export type CheckProgress =
  | { readonly kind: 'started'; readonly name: string; readonly index: number; readonly count: number }
  | { readonly kind: 'ended'; readonly result: CheckResult; readonly index: number; readonly count: number };

export interface RunChecks extends Omit<RunCheck, 'definition' | 'outputPath'> {
  readonly definitions: readonly CheckDefinition[];
  /** Takes `<name of the check>.log`; below `stateDir`, and another folder for each job. */
  readonly outputDirectory: string;
  readonly onProgress?: (progress: CheckProgress) => void;
}

/** Runs checks one after the other, all of them whatever comes out; they may share a build folder. */
export async function runChecks(parameters: RunChecks): Promise<readonly CheckResult[]> {
  const { definitions, outputDirectory, onProgress, ...common } = parameters;
  const results: CheckResult[] = [];
  const count = definitions.length;
  for (const [index, definition] of definitions.entries()) {
    onProgress?.({ kind: 'started', name: definition.name, index, count });
    const outputPath = join(outputDirectory, `${definition.name}.log`);
    const result = await runCheck({ ...common, definition, outputPath });
    results.push(result);
    onProgress?.({ kind: 'ended', result, index, count });
  }
  return results;
}
