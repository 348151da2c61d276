import { checkScript } from '@tina/agents';
import { TinaError } from '@tina/contract';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readFolder } from './read-folder.ts';
import { readYaml } from './read-yaml.ts';
import { type Scenario, type ScenarioFile, scenarioFile, type ScenarioLimits } from './scenario.ts';

/** The file that makes a folder a scenario. */
export const SCENARIO_FILE = 'scenario.yaml';

/**
 * Reads a scenario's folder whole, and refuses it whole. `given` is what to type to play it again.
 *
 * @throws TinaError `bad_scenario` with file, line and column of everything that is wrong
 */
export async function loadScenario(folder: string, given = folder): Promise<Scenario> {
  const path = join(folder, SCENARIO_FILE);
  const source = await readText(path);
  const { value, problems } = readYaml(source, scenarioFile);
  if (value === null) throw badScenario(path, problems);
  const { design, repository, script, config } = value;
  const scriptPath = join(folder, script ?? 'script.yaml');
  const scriptText = await readOptional(scriptPath, script !== null);
  if (scriptText !== null) await refuseBadScript(scriptPath);
  const configText =
    config === 'none' ? null : await readOptional(join(folder, config ?? 'config.yaml'), config !== null);
  return {
    name: basename(folder),
    given,
    ...pick(value),
    design: await readText(join(folder, design ?? 'design.md')),
    files: await readFolder(join(folder, repository ?? 'repository')),
    script: scriptText,
    config: config === 'none' ? null : (configText ?? ''),
    limits: limitsOf(value.limits),
    expectedFiles: await readFolder(join(folder, 'expected')),
  };
}

function pick(
  value: ScenarioFile,
): Pick<Scenario, 'title' | 'about' | 'feature' | 'launch' | 'without' | 'faults' | 'expected'> {
  const { title, about, feature, launch, without, faults, expected } = value;
  return {
    title,
    about,
    feature,
    launch: launch ?? [],
    without: without ?? [],
    faults: faults ?? [],
    expected,
  };
}

/** The defaults: generous, because a busy machine is no anomaly. */
function limitsOf(given: ScenarioFile['limits']): ScenarioLimits {
  return {
    timeoutMs: given?.timeout ?? 120_000,
    runMs: given?.run ?? 30_000,
    tasksMs: given?.tasks ?? 120_000,
    progressMs: given?.progress ?? 30_000,
    agentMs: given?.agent ?? 600_000,
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TinaError({
      code: 'bad_scenario',
      message: isMissing ? 'A file of the scenario is missing.' : `A file of the scenario cannot be read.`,
      place: { file: path },
      details: isMissing ? [] : [(error as Error).message],
      next: ['write it (docs/scenarios.md says what a scenario has), or start from  tina harness new <name>'],
      cause: error,
    });
  }
}

async function readOptional(path: string, isNamed: boolean): Promise<string | null> {
  if (isNamed) return readText(path);
  return readFile(path, 'utf8').catch(() => null);
}

async function refuseBadScript(path: string): Promise<void> {
  const problems = await checkScript(path);
  if (problems.length === 0) return;
  const found = problems.map(({ message, line, column }) => ({
    message,
    line: line ?? 1,
    column: column ?? 1,
  }));
  throw badScenario(path, found, 'docs/scripted-agent.md has every step');
}

interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

function badScenario(
  path: string,
  problems: readonly Problem[],
  where = 'docs/scenarios.md has every key',
): TinaError {
  const [first] = problems;
  return new TinaError({
    code: 'bad_scenario',
    message:
      problems.length === 1 ? 'The scenario has a mistake.' : `The scenario has ${problems.length} mistakes.`,
    place: { file: path, line: first?.line ?? 1, column: first?.column ?? 1 },
    details: problems.map(({ message, line, column }) => `${path}:${line}:${column}: ${message}`),
    next: [`correct it; ${where}`],
  });
}
