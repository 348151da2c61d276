import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { makeStore as makeStoreAt } from '../../service/make-store.test-support.ts';
import { createTestCli, type TestCli } from '../../testing/test-cli.test-support.ts';
import type { Examination } from '../examination.ts';
import { examineDisk } from './examine-home.ts';
import { resolvePaths } from '../../home/paths.ts';
import { NOW } from '../../testing/time.test-support.ts';

let cli: TestCli;
let project: string;
let bin: string;

beforeEach(() => {
  cli = createTestCli();
  project = join(realpathSync(cli.root), 'project');
  bin = join(cli.root, 'bin');
  for (const folder of [project, bin, state()]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  execFileSync('git', ['init', '-q', '-b', 'main', project]);
  git('commit', '--allow-empty', '-q', '-m', 'Begin');
});

afterEach(() => cli.dispose());

const state = (...path: readonly string[]): string => join(cli.root, 'home', 'state', ...path);

function git(...args: readonly string[]): string {
  const user = ['-c', 'user.name=A', '-c', 'user.email=a@b'];
  return execFileSync('git', ['-C', project, ...user, ...args], { encoding: 'utf8' }).trim();
}

function program(name: string, script: string, mode = 0o755): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), mode);
}

async function doctor(
  env: Readonly<Record<string, string>> = {},
): Promise<(name: string) => Examination | undefined> {
  const { stdout } = await cli.run(['doctor', '--json'], {
    cwd: project,
    env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
  });
  const { examinations } = JSON.parse(stdout) as { readonly examinations: readonly Examination[] };
  for (const { status, next } of examinations) expect(status === 'ok' || next.length > 0).toBe(true);
  return (name) => examinations.find((one) => one.name === name);
}

/** As the holder of a lock describes itself: field 22 of its `stat` is when it began. */
function identityOf(pid: number): string {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  return JSON.stringify({ pid, startTime: rest.split(' ')[19] });
}

const makeStore = (sql = ''): Promise<void> => makeStoreAt(state('tina.db'), sql);

const runSql = (
  tip: string | null,
  repository = project,
): string => `insert into runs values ('r1', 'p', '${repository}',
  'd', 'f', 'tina/f', 'executing', 1, 1, null, 1, json_object('tip', ${tip === null ? 'null' : `'${tip}'`}));`;

describe('tina doctor, of the daemon', () => {
  it('tells a socket that a killed daemon left', async () => {
    const server = createServer().listen(state('daemon.sock'));
    await once(server, 'listening');
    // Bound and not listened on any more, as after kill -9: a copy under another name outlives the close.
    execFileSync('ln', [state('daemon.sock'), state('kept.sock')]);
    server.close();
    await once(server, 'close');
    execFileSync('mv', [state('kept.sock'), state('daemon.sock')]);
    expect((await doctor())('daemon')).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/^not running; \S+daemon\.sock is left of one that was killed$/) as string,
    });
  });

  it("tells another user's socket", async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'needs root, to give a file away');
    await cli.serve({});
    chownSync(state('daemon.sock'), 65_534, 65_534);
    expect((await doctor())('daemon')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('belongs to another user') as string,
    });
  });

  it('tells a process that has the lock and does not listen', async () => {
    writeFileSync(state('daemon.lock.json'), identityOf(process.pid));
    expect((await doctor())('daemon')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining(`process ${process.pid} holds the daemon's lock`) as string,
    });
    // Of one whose number another process has now.
    writeFileSync(state('daemon.lock.json'), JSON.stringify({ pid: process.pid, startTime: '1' }));
    expect((await doctor())('daemon')).toMatchObject({ status: 'ok' });
    writeFileSync(state('daemon.lock.json'), 'half a descr');
    expect((await doctor())('daemon')).toMatchObject({ status: 'ok' });
  });

  it('tells a daemon and a tmux server that do not answer', async () => {
    await cli.serve({ 'daemon.status': () => undefined });
    const sleeper = spawn('sleep', ['60']);
    onTestFinished(() => void sleeper.kill('SIGKILL'));
    sleeper.kill('SIGSTOP');
    writeFileSync(state('daemon.lock.json'), identityOf(sleeper.pid ?? 0));
    program('tmux', '[ "$1" = -V ] && echo tmux 3.4 && exit; exec sleep 60');
    writeFileSync(state('tmux.sock'), '');
    const of = await doctor();
    expect(of('daemon')).toMatchObject({
      status: 'missing',
      found: expect.stringMatching(/does not answer within 3 s: its process is stopped$/) as string,
      next: expect.arrayContaining([`kill -CONT ${sleeper.pid}`]) as string[],
    });
    expect(of('tmux server')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('does not answer within 3 s') as string,
    });
    program('tmux', '[ "$1" = -V ] && echo tmux 3.4 && exit; echo no server running >&2; exit 1');
    writeFileSync(state('daemon.lock.json'), '{}');
    const later = await doctor();
    expect(later('tmux server')).toBeUndefined();
    expect(later('daemon')?.found).toMatch(/^the daemon is there, and does not answer within 3 s$/);
  }, 20_000);
});

describe('tina doctor, of the home', () => {
  it('tells that others could read it, and closes it', async () => {
    chmodSync(state(), 0o755);
    expect((await doctor())('state folder')).toMatchObject({
      status: 'warning',
      found: `${state()} was open to other users; it has been closed again (0700)`,
    });
    expect(statSync(state()).mode & 0o777).toBe(0o700);
    expect((await doctor())('state folder')).toMatchObject({ status: 'ok' });
  });

  it('tells of room that is used up, of bytes and of files', () => {
    const paths = resolvePaths({ env: {}, cwd: '/', home: '/h' });
    expect([0, 100, 1e6].map((files) => examineDisk(5e9, paths, files).status)).toEqual([
      'missing',
      'warning',
      'ok',
    ]);
    expect(examineDisk(5e9, paths, 100).found).toBe('5.0 GB free, and room for 100 more files only');
  });

  it('tells a database that is not there, whole, newer, damaged, or of another program', async () => {
    expect((await doctor())('database')).toMatchObject({
      status: 'ok',
      found: 'none yet; the first run makes it',
    });
    await makeStore();
    expect((await doctor())('database')).toMatchObject({ status: 'ok', version: '3' });
    await makeStore('update schema_version set version = 99');
    expect((await doctor())('database')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('A newer Tina wrote it') as string,
    });
    rmSync(state('tina.db'));
    writeFileSync(state('tina.db'), 'x'.repeat(5_000));
    expect((await doctor())('database')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('is damaged or is no database') as string,
    });
  });

  it('tells pages of the database that do not fit', async () => {
    await makeStore();
    const { size } = statSync(state('tina.db'));
    const file = openSync(state('tina.db'), 'r+');
    writeSync(file, Buffer.alloc(4_096, 0xff), 0, 4_096, size - 4_096);
    closeSync(file);
    expect((await doctor())('database')).toMatchObject({
      status: 'missing',
      found: `${state('tina.db')} is damaged`,
      details: expect.arrayContaining([expect.any(String) as string]) as string[],
    });
  });

  it('tells a clock that is behind what was written', async () => {
    const at = (ms: number): string =>
      `insert into events (run_id, number, type, at, data) values ('r', 1, 'x', ${ms}, '{}')`;
    await makeStore(at(NOW + 30_000));
    expect((await doctor())('clock')).toBeUndefined();
    await makeStore(`delete from events; ${at(NOW + 3_600_000)}`);
    expect((await doctor())('clock')).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/^it is .*, and the newest event is of .*, 1h00m later$/) as string,
    });
  });
});

describe('tina doctor, of active runs', () => {
  it('is content when branch and worktrees are there, or are not made yet', async () => {
    git('branch', 'tina/f');
    await makeStore(runSql(git('rev-parse', 'HEAD')));
    expect((await doctor())('run r1')).toBeUndefined();
    await makeStore(`delete from runs; ${runSql(null)}`);
    expect((await doctor())('run r1')).toBeUndefined();
  });

  it.each<[what: string, make: () => string, found: RegExp]>([
    ['a branch that is gone', () => runSql(git('rev-parse', 'HEAD')), /^its branch tina\/f is gone$/],
    [
      'a branch that was moved',
      () => {
        const tip = git('rev-parse', 'HEAD');
        git('commit', '--allow-empty', '-q', '-m', 'More');
        git('branch', 'tina/f');
        return runSql(tip);
      },
      /^its branch tina\/f was moved: the run left it at /,
    ],
    [
      'a commit that is gone',
      () => runSql('c'.repeat(40)),
      /^commit c{40}, where the run left tina\/f, is not in /,
    ],
    [
      'a repository that is gone',
      () => runSql(null, '/no/such/place'),
      /^its repository \/no\/such\/place is not there$/,
    ],
    [
      'a worktree that is gone',
      () => `${runSql(null)} insert into attempts (run_id, id, task_id, status, data)
        values ('r1', 'a1', 't', 'running', '{"workingDirectory":"/no/slot-1"}')`,
      /^\/no\/slot-1 is not there, and an agent works in it$/,
    ],
  ])('tells %s', async (_, make, found) => {
    await makeStore(make());
    expect((await doctor())('run r1')).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(found) as string,
    });
  });
});

describe('tina doctor, of the repository and the agents', () => {
  it('tells hooks that cannot run', async () => {
    const hook = join(project, '.git', 'hooks', 'pre-commit');
    mkdirSync(dirname(hook), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\n', { mode: 0o755 });
    expect((await doctor())('git hooks')).toBeUndefined();
    chmodSync(hook, 0o644);
    expect((await doctor())('git hooks')).toMatchObject({ status: 'warning', next: [`chmod +x ${hook}`] });
    git('config', 'core.hooksPath', '.husky');
    expect((await doctor())('git hooks')).toMatchObject({
      found: `core.hooksPath is .husky, and ${join(project, '.husky')} is not there: no hook runs`,
    });
    rmSync(join(project, '.git', 'hooks'), { recursive: true });
    git('config', '--unset', 'core.hooksPath');
    expect((await doctor())('git hooks')).toBeUndefined();
  });

  it('tells locks that nobody holds, once they are old', async () => {
    const lock = join(project, '.git', 'index.lock');
    writeFileSync(lock, '');
    utimesSync(lock, NOW / 1_000, NOW / 1_000);
    expect((await doctor())('git locks')).toBeUndefined();
    utimesSync(lock, NOW / 1_000 - 3_600, NOW / 1_000 - 3_600);
    expect((await doctor())('git locks')).toMatchObject({
      status: 'warning',
      next: [expect.any(String) as string, `rm ${lock}`],
    });
  });

  it('tells an agent program that cannot be executed, and a version command that fails', async () => {
    const agents = [
      'default: mine',
      'mine: { kind: command, command: [./agent] }',
      'mute: { kind: command, command: [sh], versionCommand: [sh, -c, exit 1] }',
    ];
    mkdirSync(join(project, '.tina'));
    writeFileSync(join(project, '.tina', 'config.yaml'), `version: 1\nagents: { ${agents.join(', ')} }\n`);
    writeFileSync(join(project, 'agent'), '#!/bin/sh\n', { mode: 0o644 });
    const of = await doctor();
    expect(of('agent mine')).toMatchObject({
      status: 'missing',
      found: `${join(project, 'agent')} is there, and cannot be executed`,
    });
    expect(of('agent mute')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining('its version command fails or hangs') as string,
    });
  });
});

function configure(text: string): void {
  mkdirSync(join(project, '.tina'), { recursive: true });
  writeFileSync(join(project, '.tina', 'config.yaml'), `version: 1\n${text}`);
}

describe('tina doctor, of a set-up that is broken', () => {
  it('tells what is in the place of the socket and is none', async () => {
    writeFileSync(state('daemon.sock'), 'x');
    expect((await doctor())('daemon')).toMatchObject({
      status: 'warning',
      found: `not running; ${state('daemon.sock')} is no socket`,
      next: ['tina daemon start, which makes it anew'],
    });
    rmSync(state('daemon.sock'));
    mkdirSync(state('daemon.sock'));
    expect((await doctor())('daemon')).toMatchObject({
      status: 'missing',
      found: `not running; ${state('daemon.sock')} is a folder, and no daemon can listen there`,
      next: [`mv ${state('daemon.sock')} ${state('daemon.sock')}.away`],
    });
  });

  it('does not mind a lock of a daemon that has died', async () => {
    writeFileSync(state('daemon.lock'), '');
    writeFileSync(state('daemon.lock.json'), JSON.stringify({ pid: 2 ** 22 - 1, startTime: '1' }));
    const of = await doctor();
    expect(of('daemon')).toMatchObject({ status: 'ok' });
    expect(of('state files')).toBeUndefined();
  });

  it.each(['daemon.lock', 'logs/daemon.log', 'tina.db'])(
    'tells a folder in the place of %s',
    async (name) => {
      mkdirSync(state(name), { recursive: true });
      expect((await doctor())('state files')).toMatchObject({
        status: 'missing',
        found: `${state(name)} is no file`,
        next: [`mv ${state(name)} ${state(name)}.away`],
      });
    },
  );

  it.each(['attempts', 'worktrees'])('tells a file in the place of the folder %s', async (name) => {
    writeFileSync(state(name), '');
    const of = await doctor();
    expect(of('state folder')).toMatchObject({ status: 'missing' });
    expect(of('state files')).toMatchObject({ found: `${state(name)} is no folder` });
  });

  it('tells files that cannot be written', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may write everywhere');
    await makeStore();
    chmodSync(state('tina.db'), 0o400);
    expect((await doctor())('state files')).toMatchObject({
      found: `${state('tina.db')} cannot be written`,
      next: [`chmod u+rw ${state('tina.db')}`],
    });
  });

  it('tells a home id that is none, and one that has changed since the daemon began', async () => {
    writeFileSync(state('home-id'), 'two words\n');
    expect((await doctor())('home id')).toMatchObject({ status: 'missing' });
    writeFileSync(state('home-id'), 'first\n');
    const node = `insert into nodes (id, name, incarnation, registered_at) values ('nfirst', 'here', 1, 1)`;
    await makeStore(node);
    expect((await doctor())('home id')).toBeUndefined();
    writeFileSync(state('home-id'), 'second\n');
    const back = { status: 'warning', next: [`tina daemon stop, then  echo first > ${state('home-id')}`] };
    expect((await doctor())('home id')).toMatchObject(back);
    // Whoever opens a home that has none gives it another one.
    rmSync(state('home-id'));
    expect((await doctor())('home id')).toMatchObject(back);
  });

  it('tells programs that hang or fail from those that are not there', async () => {
    program('git', 'exec sleep 60');
    program('tmux', 'echo no such library >&2; exit 127');
    const of = await doctor();
    expect(of('git')).toMatchObject({
      status: 'missing',
      found: 'there, and  git --version  does not answer within 3 s',
      next: ['command -v git, and put one that works first on PATH'],
    });
    expect(of('tmux')).toMatchObject({
      status: 'warning',
      found: 'there, and fails: no such library; agents run as plain processes',
      next: ['tmux -V'],
    });
  }, 30_000);

  it('tells programs that are too old', async () => {
    program('git', 'echo git version 2.20.1');
    program('tmux', 'echo tmux 1.8');
    const of = await doctor();
    expect([of('git')?.found, of('tmux')?.found]).toEqual([
      'too old',
      'too old; agents run as plain processes',
    ]);
  });

  it('tells a folder for temporary files that is not there', async () => {
    expect((await doctor({ TMPDIR: cli.root }))('temporary folder')).toBeUndefined();
    const gone = join(cli.root, 'no-such');
    expect((await doctor({ TMPDIR: gone }))('temporary folder')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining(`${gone} (TMPDIR) is not there`) as string,
      next: [`mkdir -p ${gone}, or unset TMPDIR`],
    });
  });

  it('tells a folder in which no worktree can be made', async () => {
    configure('worktrees: { root: ../w/of/mine }\n');
    expect((await doctor())('worktrees')).toBeUndefined();
    writeFileSync(join(project, '..', 'w'), '');
    expect((await doctor())('worktrees')).toMatchObject({
      status: 'missing',
      next: [`change worktrees.root, or leave it out for ${state('worktrees')}`],
    });
    configure('worktrees: { root: /proc/w }\n');
    expect((await doctor())('worktrees')).toMatchObject({
      found: expect.stringContaining('/proc') as string,
    });
  });

  it('tells a path that is too long for a socket', async () => {
    expect((await doctor({ TINA_HOME: join(cli.root, 'x'.repeat(108)) }))('state folder')).toMatchObject({
      status: 'missing',
      next: ['TINA_HOME=<a shorter folder> tina ...'],
    });
  });

  it('tells records of worktrees that are gone, and not of one that is locked', async () => {
    const worktree = join(cli.root, 'slot-1');
    git('worktree', 'add', '-q', '--detach', worktree);
    expect((await doctor())('git worktrees')).toBeUndefined();
    rmSync(worktree, { recursive: true });
    expect((await doctor())('git worktrees')).toMatchObject({
      status: 'warning',
      details: [realpathSync(cli.root) + '/slot-1'],
      next: ['git worktree prune'],
    });
    git('worktree', 'lock', worktree);
    expect((await doctor())('git worktrees')).toBeUndefined();
  });

  it('tells a checkout with changes, and what git cannot read', async () => {
    writeFileSync(join(project, 'a.txt'), 'a');
    expect((await doctor())('project')).toMatchObject({ status: 'ok' });
    git('add', 'a.txt');
    expect((await doctor())('project')).toMatchObject({ status: 'warning', details: ['A  a.txt'] });
    writeFileSync(join(project, '.git', 'index'), 'rubbish, and some more of it');
    expect((await doctor())('project')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('git cannot read the index of') as string,
    });
    writeFileSync(join(project, '.git', 'HEAD'), 'rubbish');
    expect((await doctor())('project')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining(`git cannot read ${project}: `) as string,
    });
  });

  it('tells that git knows nobody to commit as', async () => {
    const nobody = { HOME: cli.root, XDG_CONFIG_HOME: cli.root, GIT_CONFIG_NOSYSTEM: '1' };
    expect((await doctor(nobody))('git identity')).toMatchObject({ status: 'warning' });
    git('config', 'user.name', 'Ada');
    git('config', 'user.email', 'ada@example.invalid');
    expect((await doctor(nobody))('git identity')).toBeUndefined();
  });
});
