import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventView, RunView, VerifyView } from '@tina/contract';
import { leftoversOf } from '../play/collect-facts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { until } from '../sandbox/until.ts';
import { CRASH_FILES } from './play-plan.ts';

/** What was wrong after a run that was killed: of each kind none, if every guarantee held. */
export interface Verdict {
  /** Work that an agent committed and that is nowhere any more, or that the base should have. */
  readonly lost: readonly string[];
  /** What was done twice. */
  readonly doubled: readonly string[];
  /** Why the run is not complete. */
  readonly stuck: readonly string[];
  /** Processes, sessions, worktrees, branches, locks that are there although the run is over. */
  readonly leftOver: readonly string[];
  /** What `tina verify` and `git fsck` say. */
  readonly unclean: readonly string[];
}

const BRANCH = 'tina/sample';
const LEFT_OVER_TIMEOUT_MS = 10_000;

/** Looks at a run that is over, as a person would: through commands, git and the process table. */
export async function judgeRun(sandbox: Sandbox, files: readonly string[] = CRASH_FILES): Promise<Verdict> {
  const run = await sandbox.json<RunView>('status', 'sample');
  const events = await sandbox.jsonLines<EventView>('events', run.id);
  return {
    stuck: stuckIn(run),
    doubled: [...doubledIn(events), ...(await doubledLines(sandbox, files))],
    lost: [...(await missingLines(sandbox, files)), ...(await lostCommits(sandbox))],
    leftOver: await leftOver(sandbox, events),
    unclean: [
      ...(await verifyProblems(sandbox)),
      ...(await fsckProblems(sandbox)),
      ...(run.status === 'complete' ? await afterCleanup(sandbox) : []),
    ],
  };
}

function stuckIn({ status, tasks, blocked }: RunView): readonly string[] {
  if (status !== 'complete')
    return [`the run is ${status}`, ...blocked.map((block) => JSON.stringify(block).slice(0, 500))];
  return tasks
    .filter((task) => task.status !== 'completed')
    .map(({ name, status }) => `${name} is ${status}`);
}

/** Facts that one subject can have once; the subject is the field of the event's data, or the run itself. */
const ONCE: Readonly<Record<string, string | null>> = {
  'task.completed': 'taskId',
  'merge.completed': 'taskId',
  'plan.accepted': 'taskId',
  'phase.added': 'number',
  'attempt.started': 'attemptId',
  'attempt.settled': 'attemptId',
  'branch.created': null,
  'landing.completed': null,
  'run.created': null,
  'run.completed': null,
};

function doubledIn(events: readonly EventView[]): readonly string[] {
  const seen = new Set<string>();
  const doubled: string[] = [];
  for (const [index, { number, type, data }] of events.entries()) {
    if (number !== index + 1) doubled.push(`event ${number} stands at place ${index + 1}`);
    const field = ONCE[type];
    if (field === undefined) continue;
    const fact = field === null ? type : `${type} of ${String(data[field])}`;
    if (seen.has(fact)) doubled.push(`${fact} happened twice`);
    seen.add(fact);
  }
  return doubled;
}

async function linesOf(sandbox: Sandbox, file: string): Promise<readonly string[] | null> {
  const { code, stdout } = await sandbox.run('git', ['show', `main:${file}`]);
  return code === 0 ? stdout.split('\n').filter((line) => line !== '') : null;
}

async function doubledLines(sandbox: Sandbox, files: readonly string[]): Promise<readonly string[]> {
  const lines = await Promise.all(files.map(async (file) => ({ file, lines: await linesOf(sandbox, file) })));
  return lines
    .filter(({ lines }) => (lines?.length ?? 0) > 1)
    .map(({ file, lines }) => `${file} has ${lines?.length} lines: its work was done twice`);
}

async function missingLines(sandbox: Sandbox, files: readonly string[]): Promise<readonly string[]> {
  const lines = await Promise.all(files.map(async (file) => ({ file, lines: await linesOf(sandbox, file) })));
  return lines.filter(({ lines }) => (lines?.length ?? 0) === 0).map(({ file }) => `the base has no ${file}`);
}

/** Every commit that an agent made must be in the base, or kept under a ref of Tina's (G22). */
async function lostCommits(sandbox: Sandbox): Promise<readonly string[]> {
  if (!existsSync(join(sandbox.repository, '.git/made'))) return [];
  const made = (await sandbox.read('.git/made')).split('\n').filter((line) => line !== '');
  const kept = new Set((await sandbox.git('rev-list', 'main', '--glob=refs/tina/*')).split('\n'));
  return made.filter((commit) => !kept.has(commit)).map((commit) => `commit ${commit} is under no ref`);
}

async function leftOver(sandbox: Sandbox, events: readonly EventView[]): Promise<readonly string[]> {
  const found = [...(await leftoversOf(sandbox)), ...(await sessionsLeft(sandbox))];
  const trees = (await sandbox.git('worktree', 'list')).split('\n').slice(1);
  const branches = await sandbox.git('for-each-ref', '--format=%(refname)', 'refs/heads');
  // The branch of the run stays until `tina cleanup`.
  const others = branches
    .split('\n')
    .filter((ref) => !['refs/heads/main', `refs/heads/${BRANCH}`].includes(ref));
  const locks = (await readdir(join(sandbox.repository, '.git'), { recursive: true })).filter((path) =>
    path.endsWith('.lock'),
  );
  const rescued = (await sandbox.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/tina/attempts'))
    .split('\n')
    .filter((name) => name !== '');
  const documented = new Set(
    events.flatMap(({ data }) => (data['rescueRef'] ? [String(data['attemptId'])] : [])),
  );
  return [
    ...found,
    ...trees.map((tree) => `worktree ${tree}`),
    ...others.map((ref) => `branch ${ref}`),
    ...locks.map((path) => `lock .git/${path}`),
    ...rescued
      .filter((id) => !documented.has(id))
      .map((id) => `a rescue ref of ${id} that no event tells of`),
  ];
}

/** What is there of a complete run after `tina cleanup`. */
async function afterCleanup(sandbox: Sandbox): Promise<readonly string[]> {
  const { code, stdout, stderr } = await sandbox.tina('cleanup', '--json');
  if (code !== 0) return [`tina cleanup ended with ${code}: ${stderr}${stdout}`];
  const branches = (await sandbox.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n');
  const attempts = await readdir(join(sandbox.home, 'state/attempts')).catch(() => []);
  return [
    ...branches.filter((name) => name !== 'main').map((name) => `branch ${name}, after tina cleanup`),
    ...attempts.map((name) => `files of attempt ${name}, after tina cleanup`),
    ...(await verifyProblems(sandbox)),
  ];
}

/** The server ends with its last session. */
async function sessionsLeft(sandbox: Sandbox): Promise<readonly string[]> {
  let sessions: readonly string[] = [];
  const isOver = async (): Promise<boolean> => {
    const { stdout } = await sandbox.run('tmux', [
      '-S',
      join(sandbox.home, 'state/tmux.sock'),
      'list-sessions',
    ]);
    sessions = stdout.split('\n').filter((line) => line !== '');
    return sessions.length === 0;
  };
  await until('no session is left', isOver, LEFT_OVER_TIMEOUT_MS).catch(() => undefined);
  return sessions.map((session) => `session ${session}`);
}

async function verifyProblems(sandbox: Sandbox): Promise<readonly string[]> {
  const { stdout, stderr } = await sandbox.tina('verify', '--all', '--json');
  if (stdout === '') return [`tina verify said nothing: ${stderr}`];
  return (JSON.parse(stdout) as readonly VerifyView[]).flatMap(({ problems }) => problems);
}

async function fsckProblems(sandbox: Sandbox): Promise<readonly string[]> {
  const { code, stdout, stderr } = await sandbox.run('git', ['fsck', '--no-dangling', '--no-progress']);
  return code === 0 ? [] : [`git fsck: ${stdout}${stderr}`];
}

export const NO_PROBLEM: Verdict = { lost: [], doubled: [], stuck: [], leftOver: [], unclean: [] };

export function isClean(verdict: Verdict): boolean {
  return Object.values(verdict).every((problems: readonly string[]) => problems.length === 0);
}
