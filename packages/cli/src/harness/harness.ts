import type { CliContext } from '../program/context.ts';
import { runHarness } from './run-harness.ts';

interface Json {
  readonly json: boolean;
}

interface RunFlags extends Json {
  readonly all: boolean;
  readonly agent: string | undefined;
  readonly runs: number | undefined;
  readonly skipBuild: boolean;
  readonly keep: boolean;
  readonly report: string | undefined;
}

export function listScenarios(context: CliContext, { json }: Json): Promise<void> {
  return runHarness(context, ['list', ...given({ json })]);
}

export function runScenarios(context: CliContext, flags: RunFlags, ...scenarios: string[]): Promise<void> {
  return runHarness(context, ['run', ...given({ ...flags }), '--', ...scenarios]);
}

export function newScenario(context: CliContext, { json }: Json, name: string): Promise<void> {
  return runHarness(context, ['new', ...given({ json }), '--', name]);
}

export function reportScenarios(
  context: CliContext,
  { out, json }: Json & { readonly out: string | undefined },
): Promise<void> {
  return runHarness(context, ['report', ...given({ out, json })]);
}

/** For completion: nothing where they cannot be listed. */
export async function scenarioNames(context: CliContext): Promise<readonly string[]> {
  let output = '';
  const io = {
    ...context.io,
    stdout: { ...context.io.stdout, write: (text: string) => void (output += text) },
  };
  try {
    await runHarness({ ...context, io }, ['list', '--json']);
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  } catch {
    return [];
  }
}

/** Flags as the harness reads them: `skipBuild` is `--skip-build`. */
function given(flags: Readonly<Record<string, string | number | boolean | undefined>>): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [`${flag}=${value}`];
  });
}
