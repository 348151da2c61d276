import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  configError,
  mergeConfig,
  TinaError,
  type AgentDefinition,
  type EffectiveConfig,
  type ErrorData,
} from '@tina/contract';
import type { HomePaths } from '../home/paths.ts';
import { placeText } from '../output/render-error.ts';
import { ADD_AGENT } from './add-agent.ts';
import { notOk, ok, type Examination } from './examination.ts';
import { findAgents, findOnPath, isExecutable } from './find-agents.ts';
import { readConfigFiles } from './read-config.ts';
import { firstLineOf, type Surroundings } from './run-program.ts';

/** A run starts from a commit on a branch. Where git itself is missing, its own examination says so. */
export async function examineRepository(
  repository: string | null,
  surroundings: Surroundings,
): Promise<Examination> {
  if (repository === null)
    return notOk('warning', 'project', 'not in a git repository', ['cd <your project>, or  git init']);
  const git = (...args: string[]): Promise<string | null> =>
    firstLineOf('git', ['-C', repository, ...args], surroundings);
  if ((await git('rev-parse', '--git-dir')) === null) return ok('project', repository);
  const [commit, branch] = await Promise.all([
    git('rev-parse', '--quiet', '--verify', 'HEAD^{commit}'),
    git('symbolic-ref', '--quiet', 'HEAD'),
  ]);
  if (commit === null)
    return notOk('missing', 'project', `${repository} has no commit yet`, [
      'git add -A && git commit -m "Begin"',
    ]);
  if (branch !== null) return ok('project', repository);
  return notOk('missing', 'project', `${repository} has no branch checked out (detached HEAD)`, [
    'git switch <branch>',
    'tina orchestrate <design.md> --base <branch>',
  ]);
}

/** The configuration, and null for it when it has mistakes. */
export function examineConfig(
  paths: HomePaths,
  repository: string | null,
): { readonly examination: Examination; readonly config: EffectiveConfig | null } {
  try {
    const files = readConfigFiles(paths.configPath, repository);
    const merged = mergeConfig(files.user, files.project);
    if (!merged.ok) throw configError(merged.errors);
    const found = [files.project, files.user].flatMap((file) => (file === null ? [] : [file.path]));
    return {
      examination: ok('configuration', found.join(', ') || 'none; defaults hold'),
      config: merged.config,
    };
  } catch (error) {
    if (!(error instanceof TinaError)) throw error;
    const details = [...placeLines(error), ...error.details];
    const examination = notOk('missing', 'configuration', error.message, [...error.next, 'tina config'], {
      details,
    });
    return { examination, config: null };
  }
}

function placeLines(error: TinaError): string[] {
  const text = placeText(error.place);
  return text === null ? [] : [text];
}

export interface AgentSearch {
  readonly config: EffectiveConfig | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly repository: string | null;
  readonly paths: HomePaths;
}

/** Every configured agent, and programs on PATH that could be one; one agent must be chosen. */
export async function examineAgents(search: AgentSearch): Promise<Examination[]> {
  const { config } = search;
  if (config === null) return [];
  const configured = Object.entries(config.agents.definitions);
  const programs = new Set(configured.map(([name]) => name));
  const others = findAgents(search.env['PATH']).filter((agent) => !programs.has(agent.name));
  const examined = await Promise.all([
    ...configured.map(([name, definition]) => examineAgent(name, definition, search)),
    ...others.map(async (agent) => {
      const version = await firstLineOf(agent.path, ['--version'], search);
      return ok(`agent ${agent.name}`, `${agent.path}, not configured`, version);
    }),
  ]);
  return [...examined, choice(config, others.length > 0)];
}

function choice({ agents }: EffectiveConfig, found: boolean): Examination {
  if (agents.default !== null) return ok('default agent', agents.default);
  return notOk('missing', 'default agent', 'none is chosen', waysToChoose(agents, found));
}

function waysToChoose({ definitions }: EffectiveConfig['agents'], found: boolean): readonly string[] {
  const [configured] = Object.keys(definitions);
  if (configured !== undefined)
    return [
      `edit .tina/config.yaml: agents: { default: ${configured}, ... }`,
      `tina orchestrate <design.md> --agent ${configured}`,
    ];
  if (found) return ['tina init --write', 'tina orchestrate <design.md> --agent <name>'];
  return ['install an agent program, then  tina init --write', ...ADD_AGENT];
}

/** What can be seen of it, then what the daemon checks before a run. */
async function examineAgent(
  name: string,
  definition: AgentDefinition,
  search: AgentSearch,
): Promise<Examination> {
  const seen = await lookAtAgent(name, definition, search);
  if (seen.status === 'missing') return seen;
  // Only doctor pays for the machine.
  const { checkAgent } = await import('../service/check-agent.ts');
  const repository = search.repository ?? search.cwd;
  const problems = await checkAgent({ name, definition, repository }, search);
  const [problem] = problems;
  if (problem === undefined) return seen;
  return notOk('missing', `agent ${name}`, problem.message, problem.next.filter(isNoDoctor), {
    details: problems.flatMap(placedLines),
  });
}

/** Who reads this asked it already. */
function isNoDoctor(next: string): boolean {
  return next !== 'tina doctor';
}

/** Where it is, below what is said of the first. */
function placedLines({ place, message }: ErrorData, index: number): string[] {
  const text = placeText(place);
  if (index === 0) return text === null ? [] : [text];
  return [[text, message].filter((part) => part !== null).join(': ')];
}

async function lookAtAgent(
  name: string,
  definition: AgentDefinition,
  { env, cwd, repository }: AgentSearch,
): Promise<Examination> {
  const base = repository ?? cwd;
  if (definition.kind === 'scripted') return examineScript(name, resolve(base, definition.script));
  const [program = ''] = definition.command;
  const located = program.includes('/') ? resolve(base, program) : findOnPath(program, env['PATH']);
  if (located === null || !isExecutable(located)) return examineMissing(name, program, located);
  const { versionCommand } = definition;
  const [versionProgram = located, ...versionArgs] = versionCommand ?? [located, '--version'];
  const version = await firstLineOf(versionProgram, versionArgs, { cwd: base, env });
  if (version !== null) return ok(`agent ${name}`, located, version);
  return notOk('warning', `agent ${name}`, `${located} is there, and its version command fails or hangs`, [
    [versionProgram, ...versionArgs].join(' '),
    `${versionCommand === undefined ? 'set' : 'change'} agents.${name}.versionCommand, if it works otherwise`,
  ]);
}

function examineMissing(name: string, program: string, located: string | null): Examination {
  if (located !== null && existsSync(located)) {
    return notOk('missing', `agent ${name}`, `${located} is there, and cannot be executed`, [
      `chmod +x ${located}`,
      `ls -l ${located}`,
    ]);
  }
  return notOk('missing', `agent ${name}`, `${program} was not found`, [
    `install ${program}, or change agents.${name}.command`,
  ]);
}

/** Whether it can be read; whether it is a script, the daemon's check says. */
function examineScript(name: string, script: string): Examination {
  if (isReadable(script)) return ok(`agent ${name}`, `follows ${script}`);
  return notOk('missing', `agent ${name}`, `its script ${script} is not there, or cannot be read`, [
    `write ${script}, or change agents.${name}.script`,
  ]);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
