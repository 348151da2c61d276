import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A repository of a test's own, with a home, a git configuration and a folder for slots beside it. */
export interface TempRepository {
  /** Holds everything; removed when the test is over. */
  readonly folder: string;
  readonly root: string;
  /** Where slots go. */
  readonly slots: string;
  /** What is passed to every operation: nothing of the machine's own configuration reaches git. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs git as the user would, hooks and all, and answers what it prints. */
  readonly git: (...args: readonly string[]) => string;
  readonly gitIn: (folder: string, ...args: readonly string[]) => string;
  /** Writes files below the root (null deletes), commits everything and answers the commit. */
  readonly commit: (files: Readonly<Record<string, string | null>>, message?: string) => string;
  readonly commitIn: (
    folder: string,
    files: Readonly<Record<string, string | null>>,
    message?: string,
  ) => string;
}

export interface TempRepositoryOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  /** The name of the repository's folder. */
  readonly name?: string;
  /** Whether the user has said who they are. Default: yes. */
  readonly identity?: boolean;
}

const IDENTITY = '[user]\n\tname = Ada\n\temail = ada@example.com\n';

/** By name, so that a repository without an identity can have commits. */
const COMMIT = `git add -A
git -c user.name=Ada -c user.email=ada@example.com commit -q --allow-empty -m "$1"
git rev-parse HEAD`;

/** Makes a repository on branch `main` with one commit: `readme.md` and a `.gitignore` of `*.log` and `.env`. */
export function tempRepository(options: TempRepositoryOptions = {}): TempRepository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tina git ')));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const root = join(folder, options.name ?? 'project');
  mkdirSync(root);
  const config = join(folder, 'gitconfig');
  // No machine dies in a test for real.
  writeFileSync(config, `[core]\n\tfsync = none\n${options.identity === false ? '' : IDENTITY}`);
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const gitIn = (cwd: string, ...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd,
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  // One process of a shell that is small: a test spends its time on making this one's.
  const shellIn = (cwd: string, script: string, ...args: readonly string[]): string =>
    execFileSync('sh', ['-ec', script, 'sh', ...args], { cwd, env: environment, encoding: 'utf8' }).trimEnd();
  const commitIn: TempRepository['commitIn'] = (cwd, files, message = 'a change') => {
    writeFiles(cwd, files);
    return shellIn(cwd, COMMIT, message);
  };
  gitIn(root, 'init', '-q', '-b', 'main', '--template=', `--object-format=${options.objectFormat ?? 'sha1'}`);
  const repository: TempRepository = {
    folder,
    root,
    slots: join(folder, 'slots'),
    environment,
    git: (...args) => gitIn(root, ...args),
    gitIn,
    commit: (files, message) => commitIn(root, files, message),
    commitIn,
  };
  repository.commit({ 'readme.md': 'hello\n', '.gitignore': '*.log\n.env\n' }, 'first');
  return repository;
}

/** Writes files below a folder, with the folders they need; null deletes. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | null>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (content === null) {
      rmSync(path, { recursive: true, force: true });
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }
}

/** Null when it is not there. */
export function readIfThere(...parts: readonly string[]): string | null {
  const path = join(...parts);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Writes an executable shell script. */
export function writeScript(path: string, body: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
