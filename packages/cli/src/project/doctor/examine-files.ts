import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { EffectiveConfig } from '@tina/contract';
import type { HomePaths } from '../../home/paths.ts';
import { notOk, type Examination } from '../examination.ts';

/** Files and folders beside the state folder itself that a run writes to. Nothing where all of them can be written. */
export function examineFiles(
  paths: HomePaths,
  env: Readonly<Record<string, string | undefined>>,
  worktrees: { readonly config: EffectiveConfig | null; readonly repository: string | null },
): Examination[] {
  return [
    ...examineHomeId(paths),
    ...examineStateFiles(paths),
    ...examineTemporary(env),
    ...examineWorktrees(worktrees, paths),
  ];
}

/** Processes are found by it in what `ps` prints, so it is one word. */
const HOME_ID = /^[\w.:@/+-]+$/;

/** What is in `home-id`; a home that has none yet is given one by whoever opens it. */
function examineHomeId({ homeIdPath }: HomePaths): Examination[] {
  const id = textIn(homeIdPath);
  if (id === null || id === '' || HOME_ID.test(id)) return [];
  return [
    notOk(
      'missing',
      'home id',
      `${homeIdPath} holds no id: no process of this home could be told from others`,
      [`tina daemon stop, then  rm ${homeIdPath}`],
    ),
  ];
}

/** Whether the home still has the id under which its daemon was the last to begin: what it started carries that one. */
export function examineHomeChange({ homeIdPath }: HomePaths, newestNodeId: string | null): Examination[] {
  const id = textIn(homeIdPath);
  if (newestNodeId === null || id === null || newestNodeId === `n${id}`) return [];
  const before = newestNodeId.slice(1);
  const found = `${homeIdPath} was ${before} when the daemon began last: what was started since is not known as this home's`;
  return [notOk('warning', 'home id', found, [`tina daemon stop, then  echo ${before} > ${homeIdPath}`])];
}

function textIn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Whatever is there must be what Tina makes there, and its owner's to write. */
function examineStateFiles(paths: HomePaths): Examination[] {
  const files = [
    paths.databasePath,
    `${paths.databasePath}-wal`,
    paths.lockPath,
    join(paths.logsDir, 'daemon.log'),
  ];
  const folders = [paths.attemptsDir, paths.checksDir, paths.logsDir, paths.worktreesDir];
  const bad = [
    ...files.flatMap((path) => problemOf(path, 'file')),
    ...folders.flatMap((path) => problemOf(path, 'folder')),
  ];
  const [first, ...others] = bad;
  if (first === undefined) return [];
  const details = others.map(({ text }) => text);
  return [notOk('missing', 'state files', first.text, [first.next], { details })];
}

interface Problem {
  readonly text: string;
  readonly next: string;
}

/** Nothing for what is not there yet. */
function problemOf(path: string, wanted: 'file' | 'folder'): readonly Problem[] {
  const is = statSync(path, { throwIfNoEntry: false });
  if (is === undefined) return [];
  if (wanted === 'file' ? !is.isFile() : !is.isDirectory())
    return [{ text: `${path} is no ${wanted}`, next: `mv ${path} ${path}.away` }];
  if (isWritable(path)) return [];
  return [{ text: `${path} cannot be written`, next: `chmod u+${wanted === 'file' ? 'rw' : 'rwx'} ${path}` }];
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where programs put what they need for a moment: checks and agents have the same variable. */
function examineTemporary(env: Readonly<Record<string, string | undefined>>): Examination[] {
  const folder = env['TMPDIR'] || '/tmp';
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true && isWritable(folder)) return [];
  const found = `${folder}${env['TMPDIR'] ? ' (TMPDIR)' : ''} is not there, or cannot be written: checks and agents may fail`;
  const next = env['TMPDIR'] ? `mkdir -p ${folder}, or unset TMPDIR` : `mkdir -m 1777 ${folder}`;
  return [notOk('warning', 'temporary folder', found, [next])];
}

/** The folder that the configuration names for worktrees, or the first above it that is there: that one is written to. */
function examineWorktrees(
  { config, repository }: Parameters<typeof examineFiles>[2],
  { worktreesDir }: HomePaths,
): Examination[] {
  const root = config?.worktrees.root ?? null;
  if (root === null || repository === null) return [];
  const folder = resolve(repository, root.replace(/^~(?=\/|$)/, homedir()));
  const there = nearest(folder);
  if (statSync(there).isDirectory() && takesFolders(there)) return [];
  return [
    notOk('missing', 'worktrees', `no worktree can be made in ${folder}: ${there} cannot be written`, [
      `change worktrees.root, or leave it out for ${worktreesDir}`,
    ]),
  ];
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

/** What /proc and its like answer to everything is no. */
function takesFolders(path: string): boolean {
  return isWritable(path) && !/^\/(?:proc|sys)(?:\/|$)/.test(path);
}
