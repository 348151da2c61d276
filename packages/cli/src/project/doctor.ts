import { type DoctorView, type EffectiveConfig, TinaError } from '@tina/contract';
import type { HomePaths } from '../home/paths.ts';
import { lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle, type Style } from '../output/style.ts';
import { padEnd } from '../output/display-width.ts';
import type { CliContext } from '../program/context.ts';
import { agentIdentity } from '../program/agent-identity.ts';
import { pathsOf } from '../program/with-client.ts';
import { findRepository } from '../run/find-repository.ts';
import { notOk, type Examination } from './examination.ts';
import { examineDaemon } from './doctor/examine-daemon.ts';
import { examineFiles, examineHomeChange } from './doctor/examine-files.ts';
import { examineHome } from './doctor/examine-home.ts';
import { examineRepositoryFiles } from './doctor/examine-repository-files.ts';
import { examineRuns } from './doctor/examine-runs.ts';
import { examineStore } from './doctor/examine-store.ts';
import { examineTmuxServer } from './doctor/examine-tmux-server.ts';
import { examineGit, examineNode, examineTmux } from './examine-machine.ts';
import { examineAgents, examineConfig, examineRepository } from './examine-project.ts';

export async function doctor(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const examinations = await examine(context);
  const missing = examinations.filter((one) => one.status === 'missing');
  if (missing.length > 0) context.process.exitCode = 1;
  const view: DoctorView = { ok: missing.length === 0, examinations };
  if (flags.json) return printJson(context.io, view);
  const look = lookOf(context.io);
  const style = createStyle(look.colour);
  const names = Math.max(...examinations.map((one) => one.name.length));
  printLines(context.io, [
    ...examinations.flatMap((one) => lines(one, names, style, look.unicode)),
    '',
    missing.length === 0
      ? 'Everything that a run needs is here.'
      : `Missing: ${missing.map((one) => one.name).join(', ')}.`,
  ]);
}

async function examine(context: CliContext): Promise<Examination[]> {
  const { io } = context;
  const repository = findRepository(io.cwd);
  const [git, tmux] = await Promise.all([examineGit(io), examineTmux(io)]);
  const machine = [examineNode(process.version), git, tmux];
  const paths = pathsOrProblem(context);
  if ('name' in paths) return [...machine, paths];
  const { examination, config } = examineConfig(paths, repository);
  // Side by side: what hangs is waited for once.
  const [state, daemon, project, files, agents] = await Promise.all([
    // It makes the folder, and an agent needs none.
    agentIdentity(context) === null ? examineState(context, paths, { config, repository }) : [],
    examineDaemon(context, paths),
    examineRepository(repository, io),
    repository === null ? [] : examineRepositoryFiles(repository, io.now(), io),
    examineAgents({ config, cwd: io.cwd, env: io.env, repository, paths }),
  ]);
  return [...machine, ...state, daemon, project, ...files, examination, ...agents];
}

/** The home, what is in its database, and what its runs need. */
async function examineState(
  { io }: CliContext,
  paths: HomePaths,
  project: { readonly config: EffectiveConfig | null; readonly repository: string | null },
): Promise<Examination[]> {
  // Before the home is opened, which makes what is missing.
  const files = examineFiles(paths, io.env, project);
  const home = examineHome(paths);
  if (home.length === 1) return [...home, ...files];
  // Only doctor pays for the store.
  const { lookIntoStore } = await import('../service/look-into-store.ts');
  const look = lookIntoStore(paths.databasePath);
  const [server, runs] = await Promise.all([
    examineTmuxServer(paths, io),
    look.kind === 'found' ? examineRuns(look.store.activeRuns, io) : [],
  ]);
  const change = look.kind === 'found' ? examineHomeChange(paths, look.store.newestNodeId) : [];
  return [...home, ...files, ...change, ...examineStore(look, paths, io.now()), ...server, ...runs];
}

function pathsOrProblem(context: CliContext): HomePaths | Examination {
  try {
    return pathsOf(context);
  } catch (error) {
    if (!(error instanceof TinaError)) throw error;
    return notOk('missing', 'state folder', error.message, error.next);
  }
}

function lines(one: Examination, names: number, style: Style, unicode: boolean): string[] {
  const marks = unicode ? { ok: '✔', warning: '!', missing: '✖' } : { ok: '+', warning: '!', missing: 'x' };
  const paint = { ok: style.green, warning: style.yellow, missing: style.red }[one.status];
  const said = [one.version, one.found]
    .filter((part) => part !== null && part !== '')
    .map((part) => plain(part ?? ''));
  const indent = ' '.repeat(names + 4);
  return [
    `${paint(marks[one.status])} ${padEnd(one.name, names)}  ${said.join('  ')}`,
    ...one.details.map((detail) => `${indent}${plain(detail)}`),
    ...one.next.map((next) => `${indent}${style.bold('next:')} ${plain(next)}`),
  ];
}
