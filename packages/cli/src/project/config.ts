import {
  configError,
  configJsonSchema,
  formatDuration,
  mergeConfig,
  type ConfigView,
  type EffectiveConfig,
} from '@tina/contract';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { printTable } from '../output/print-table.ts';
import type { CliContext } from '../program/context.ts';
import { pathsOf } from '../program/with-client.ts';
import { findRepository } from '../run/find-repository.ts';
import { readConfigFiles, type ConfigFiles } from './read-config.ts';

export function config(
  context: CliContext,
  flags: { readonly schema: boolean; readonly json: boolean },
): void {
  const { io } = context;
  if (flags.schema) {
    io.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return;
  }
  const files = readConfigFiles(pathsOf(context).configPath, findRepository(io.cwd));
  const merged = mergeConfig(files.user, files.project);
  if (!merged.ok) throw configError(merged.errors);
  if (flags.json) {
    const paths = { user: files.userPath, project: files.projectPath };
    const view: ConfigView = { config: merged.config, origins: merged.origins, paths };
    return printJson(io, view);
  }
  const values = settings(merged.config);
  const rows = Object.entries(merged.origins)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([field, origin]) => [field, origin, plain(values[field] ?? '')]);
  printTable(io, ['SETTING', 'FROM', 'VALUE'], rows);
  printLines(io, ['', ...fileLines(files)]);
}

function fileLines({ userPath, projectPath, user, project }: ConfigFiles): string[] {
  const there = (found: unknown): string => (found === null ? '  (none)' : '');
  return [
    `user:    ${userPath}${there(user)}`,
    projectPath === null ? 'project: (not in a git repository)' : `project: ${projectPath}${there(project)}`,
  ];
}

/** Each setting as it would stand in a file, by the same path as its origin. */
function settings(config: EffectiveConfig): Readonly<Record<string, string>> {
  const { agents, setup, env, worktrees, checks, limits, retries, models, policy, finalize } = config;
  const values: Record<string, string> = {
    'agents.default': agents.default ?? 'none: say --agent, or  tina init',
    setup: setup === null ? 'none' : `${setup.command}  (at most ${formatDuration(setup.timeoutMs)})`,
    env: list(env),
    'worktrees.root': worktrees.root ?? 'below the state folder',
    'worktrees.include': list(worktrees.include),
    checks: list(checks.map((check) => `${check.name} (${check.at.join(', ')})`)),
    'limits.parallelAgents': String(limits.parallelAgents),
    'limits.machineAgents': String(limits.machineAgents),
    'limits.tasksPerPlan': String(limits.tasksPerPlan),
    'limits.idleWarning': formatDuration(limits.idleWarningMs),
    'limits.idleStop': formatDuration(limits.idleStopMs),
    'limits.turn': formatDuration(limits.turnMs),
    'limits.start': formatDuration(limits.startMs),
    'retries.backoff': formatDuration(retries.backoffMs),
    'models.known': list(models.known),
    'policy.preset': policy.preset,
    'policy.taskReview': policy.taskReview,
    'policy.gates.plan': String(policy.gates.plan),
    'policy.gates.review': String(policy.gates.review),
    finalize,
  };
  for (const [name, definition] of Object.entries(agents.definitions)) {
    const what = definition.kind === 'scripted' ? definition.script : definition.command.join(' ');
    values[`agents.${name}`] = `${definition.kind}: ${what}`;
  }
  for (const [role, model] of Object.entries(models.roles)) values[`models.roles.${role}`] = model ?? '';
  return values;
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}
