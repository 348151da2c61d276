import { resolve } from 'node:path';
import {
  configError,
  mergeConfig,
  rolesWithoutAgent,
  routedAgents,
  TinaError,
  type AgentView,
  type CommandAgentDefinition,
  type EffectiveConfig,
  type ErrorData,
} from '@tina/contract';
import { testText } from '../agents/agents.ts';
import { lookAtAgents, type AgentSearch, type KnownAgent } from '../agents/look-at-agents.ts';
import type { HomePaths } from '../home/paths.ts';
import { placeText } from '../output/render-error.ts';
import { ADD_AGENT } from './add-agent.ts';
import { notOk, ok, type Examination } from './examination.ts';
import { readConfigFiles } from './read-config.ts';
import { runWithLimit } from './doctor/run-with-limit.ts';
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
  const read = await runWithLimit(
    ['git', '-C', repository, 'rev-parse', '--git-dir'],
    GIT_LIMIT_MS,
    surroundings,
  );
  if (read.kind === 'failed') {
    return notOk('missing', 'project', `git cannot read ${repository}: ${read.output.split('\n')[0] ?? ''}`, [
      `git -C ${repository} status`,
    ]);
  }
  if (read.kind !== 'done') return ok('project', repository);
  const [commit, branch] = await Promise.all([
    git('rev-parse', '--quiet', '--verify', 'HEAD^{commit}'),
    git('symbolic-ref', '--quiet', 'HEAD'),
  ]);
  if (commit === null)
    return notOk('missing', 'project', `${repository} has no commit yet`, [
      'git add -A && git commit -m "Begin"',
    ]);
  if (branch !== null) return examineCheckout(repository, surroundings);
  return notOk('missing', 'project', `${repository} has no branch checked out (detached HEAD)`, [
    'git switch <branch>',
    'tina orchestrate <design.md> --base <branch>',
  ]);
}

/** git answers in milliseconds, and in a large repository for the first time in seconds. */
const GIT_LIMIT_MS = 5_000;
const MOST_FILES = 5;

/** What is not committed a run does not see, and while it is there nothing can land in this checkout. */
async function examineCheckout(repository: string, surroundings: Surroundings): Promise<Examination> {
  const status = ['git', '-C', repository, 'status', '--porcelain', '--untracked-files=no'] as const;
  const ended = await runWithLimit([...status, '--ignore-submodules=dirty'], GIT_LIMIT_MS, surroundings);
  if (ended.kind === 'failed') {
    const found = `git cannot read the index of ${repository}: ${ended.output.split('\n')[0] ?? ''}`;
    return notOk('missing', 'project', found, [`rm ${repository}/.git/index && git -C ${repository} reset`]);
  }
  const files = ended.kind === 'done' ? ended.output.split('\n').filter((line) => line !== '') : [];
  if (files.length === 0) return ok('project', repository);
  const found = `${repository} has changes that are not committed: runs do not see them, and nothing lands here meanwhile`;
  return notOk('warning', 'project', found, ['git commit, or  git stash'], {
    details: files.slice(0, MOST_FILES),
  });
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

/** Every configured agent, and those that need no definition and are here; one agent must be chosen. */
export async function examineAgents(
  search: Omit<AgentSearch, 'config'> & { readonly config: EffectiveConfig | null },
): Promise<Examination[]> {
  const { config } = search;
  if (config === null) return [];
  const known = await lookAtAgents({ ...search, config });
  const routed = routedAgents(config);
  const isUsed = ({ view }: KnownAgent): boolean =>
    view.origin === 'configured' || routed.includes(view.name);
  const seen = known.filter((agent) => isUsed(agent) || agent.view.isFound);
  const isOther = ({ view }: KnownAgent): boolean => view.origin === 'built-in' && view.isFound;
  return [
    ...seen.map((agent) => examineAgent(agent, isUsed(agent), search)),
    choice(config, seen.find(isOther)),
  ];
}

function choice(config: EffectiveConfig, found: KnownAgent | undefined): Examination {
  const { agents } = config;
  if (agents.default !== null) return ok('default agent', agents.default);
  if (rolesWithoutAgent(config).length === 0)
    return ok('default agent', 'none is needed: every role has one');
  return notOk('missing', 'default agent', 'none is chosen', waysToChoose(agents, found?.view.name));
}

function waysToChoose(
  { definitions }: EffectiveConfig['agents'],
  found: string | undefined,
): readonly string[] {
  const [configured] = Object.keys(definitions);
  if (configured !== undefined)
    return [
      `edit .tina/config.yaml: agents: { default: ${configured}, ... }`,
      `tina orchestrate <design.md> --agent ${configured}`,
    ];
  if (found !== undefined) return ['tina init --write', `tina orchestrate <design.md> --agent ${found}`];
  return ['install an agent program, then  tina init --write', ...ADD_AGENT];
}

/** What is known of an agent, in the words of doctor: one that nobody uses can keep no run from its work. */
function examineAgent(
  { view, definition, problems }: KnownAgent,
  isUsed: boolean,
  { cwd, repository }: Pick<AgentSearch, 'cwd' | 'repository'>,
): Examination {
  const name = `agent ${view.name}`;
  const { version, warning, test } = view;
  const next = view.next.filter((step) => !step.startsWith('tina agents test'));
  if (view.problem !== null) {
    const details = problems.flatMap(placedLines);
    return notOk(isUsed ? 'missing' : 'warning', name, view.problem, next, { details });
  }
  const tested = test === null ? [] : [`tested: ${testText(test)}`];
  const more = { ...(version === null ? {} : { version }), details: tested };
  if (definition.kind === 'scripted')
    return ok(name, `follows ${resolve(repository ?? cwd, definition.script)}`);
  if (definition.kind === 'command' && version === null) return noVersion(view, definition);
  const found = `${view.path ?? ''}${isUsed ? '' : ', needs no definition'}`;
  if (warning !== null) return notOk('warning', name, `${found}: ${warning}`, next, more);
  if (test?.isCurrent === true && !test.isFit) return notOk('warning', name, found, next, more);
  return { ...ok(name, found, version), details: tested };
}

function noVersion({ name, path }: AgentView, { versionCommand }: CommandAgentDefinition): Examination {
  const found = `${path ?? ''} is there, and its version command fails or hangs`;
  return notOk('warning', `agent ${name}`, found, [
    (versionCommand ?? [path ?? '', '--version']).join(' '),
    `${versionCommand === undefined ? 'set' : 'change'} agents.${name}.versionCommand, if it works otherwise`,
  ]);
}

/** Where it is, below what is said of the first. */
function placedLines({ place, message }: ErrorData, index: number): string[] {
  const text = placeText(place);
  if (index === 0) return text === null ? [] : [text];
  return [[text, message].filter((part) => part !== null).join(': ')];
}
