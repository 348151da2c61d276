import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { endMarkedProcesses, isAlive, readProcessIdentity } from '../process/index.ts';
import type { ProcessIdentity } from '../process/index.ts';
import { PlainSessions } from './plain-sessions.ts';
import { SessionExistsError, SessionStartError } from './session-errors.ts';
import type { Sessions } from './session-port.ts';
import { untilNoServer } from './testing/until-no-server.ts';
import { TmuxSessions } from './tmux-sessions.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const implementations = [
  { kind: 'tmux', open: (stateDir: string): Sessions => new TmuxSessions({ stateDir }) },
  { kind: 'plain', open: (stateDir: string): Sessions => new PlainSessions({ stateDir, reason: 'a test' }) },
];

let folder: string;
let work: string;
let mark: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tina-sessions-')));
  work = join(folder, 'work');
  await mkdir(work);
  mark = randomUUID();
  env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TINA_TEST: mark };
});

const opened: { readonly sessions: Sessions; readonly stateDir: string }[] = [];

afterEach(async () => {
  for (const { sessions, stateDir } of opened.splice(0)) {
    for (const name of await sessions.list()) await sessions.end(name);
    await untilNoServer(stateDir);
  }
  await endMarkedProcesses({ marker: { TINA_TEST: mark }, processGroups: [], graceMs: 0 });
  await rm(folder, { recursive: true });
});

/** What a file in the work folder says, once it is there and complete. */
const written = (name: string): Promise<string> =>
  vi.waitFor(
    async () => {
      const text = await readFile(join(work, name), 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      return text.slice(0, -1);
    },
    { timeout: 8_000 },
  );

async function writtenPid(name: string): Promise<ProcessIdentity> {
  return (await readProcessIdentity(Number(await written(name))))!;
}

const shell = (script: string): readonly string[] => ['/bin/sh', '-c', script];
const STAY = shell('echo $$ > pid; exec sleep 60');
/** Tells what it was started with. */
const TELL = `const { writeFileSync, renameSync } = require('node:fs');
  const told = { argv: process.argv.slice(2), env: process.env, cwd: process.cwd() };
  writeFileSync(process.argv[1] + '.new', JSON.stringify(told) + '\\n');
  renameSync(process.argv[1] + '.new', process.argv[1]);`;

describe.each(implementations)('$kind sessions', ({ kind, open }) => {
  let sessions: Sessions;
  let stateDir: string;

  beforeEach(async (context) => {
    if (kind === 'tmux' && !hasTmux) context.skip('tmux is not installed');
    stateDir = join(folder, 'state');
    await mkdir(stateDir, { mode: 0o700 });
    sessions = open(stateDir);
    opened.push({ sessions, stateDir });
  });

  const start = (name: string, command: readonly string[] = STAY): Promise<void> =>
    sessions.start({ name, command, cwd: work, env });

  it('say what they are', async () => {
    expect(await sessions.probe()).toMatchObject({ kind });
  });

  it('start, list and end', async () => {
    expect(await sessions.list()).toEqual([]);
    expect(await sessions.exists('r1-a1')).toBe(false);
    await start('r1-a2');
    await start('r1-a1');
    expect(await sessions.list()).toEqual(['r1-a1', 'r1-a2']);
    expect(await sessions.exists('r1-a1')).toBe(true);

    await sessions.end('r1-a1');
    expect(await sessions.list()).toEqual(['r1-a2']);
    await sessions.end('r1-a2');
    expect(await sessions.list()).toEqual([]);
  });

  it('hand over arguments and environment byte for byte, and nothing else', async () => {
    const odd = [
      '',
      ' a  b ',
      `'"`,
      '$HOME `id` \\',
      'a\nb\n',
      '#{pid} #S %H',
      ';',
      'x;',
      '-d',
      '--',
      'ünï 🚀',
      '*',
      '~',
      '\u0001\t\r',
    ];
    const variables = {
      ...env,
      QUOTES: `it's "x" $HOME`,
      LINES_OF_TEXT: 'a\n b\n\n',
      EMPTY: '',
      'npm_config_a-b': 'c d',
      SHLVL: '7',
      UNICODE: 'ünï 🚀',
      LONG: 'x'.repeat(100_000),
    };
    await sessions.start({
      name: 'tell',
      command: [process.execPath, '-e', TELL, join(work, 'told'), ...odd],
      cwd: work,
      env: variables,
    });
    const told = JSON.parse(await written('told')) as {
      argv: unknown;
      env: Record<string, string>;
      cwd: string;
    };
    expect(told.argv).toEqual(odd);
    expect(told.env).toEqual(variables);
    expect(told.cwd).toBe(work);
  });

  it('start in a folder whose name is full of traps', async () => {
    const cwd = join(work, `a 'b" $c #{d} %H;`);
    await mkdir(cwd);
    await sessions.start({ name: 'odd', command: shell('pwd > ../pwd'), cwd, env });
    expect(await written('pwd')).toBe(cwd);
  });

  it('find a program by the path that is given', async () => {
    await writeFile(join(work, 'tool'), '#!/bin/sh\necho found > found\n');
    await chmod(join(work, 'tool'), 0o755);
    await sessions.start({
      name: 'tool',
      command: ['tool'],
      cwd: work,
      env: { ...env, PATH: `${work}:${env['PATH']}` },
    });
    expect(await written('found')).toBe('found');
  });

  it('keep what is printed', async () => {
    const logPath = join(folder, `log 'a' #{pid} %H.txt`);
    await sessions.start({ name: 'log', command: shell('echo one; echo two >&2'), cwd: work, env, logPath });
    await vi.waitFor(
      async () => {
        const log = await readFile(logPath, 'utf8');
        expect(log.replaceAll('\r', '')).toBe('one\ntwo\n');
      },
      { timeout: 8_000 },
    );
  });

  it('keep complaints apart where that is asked', async () => {
    const [logPath, stderrPath] = [join(folder, 'said.txt'), join(folder, `complaints 'a' $b.txt`)];
    await writeFile(stderrPath, 'before\n');
    const command = shell('echo two >&2; echo one');
    await sessions.start({ name: 'apart', command, cwd: work, env, logPath, stderrPath });
    await vi.waitFor(async () => expect(await readFile(logPath, 'utf8')).toMatch(/^one\r?\n$/), 8_000);
    expect(await readFile(stderrPath, 'utf8')).toBe('before\ntwo\n');
  });

  it('G11 match names exactly', async () => {
    await start('r1-a12');
    expect(await sessions.exists('r1-a1')).toBe(false);
    expect(await sessions.exists('r1-a')).toBe(false);
    expect(await sessions.exists('R1-A12')).toBe(false);
    await sessions.end('r1-a1');
    await sessions.end('r1');
    expect(await sessions.list()).toEqual(['r1-a12']);
  });

  it.each(['', ' ', 'a b', 'a:b', 'a.b', '../a', '=a', '$1', '@1', '%1', 'a*', 'a\n', 'x'.repeat(129)])(
    'G11 refuse the name %j',
    async (name) => {
      await expect(start(name)).rejects.toThrow(SessionStartError);
      await expect(sessions.end(name)).rejects.toThrow(SessionStartError);
      expect(await sessions.list()).toEqual([]);
    },
  );

  it('G09 refuse a name that is taken, and leave its session alone', async () => {
    await start('twice');
    const first = await writtenPid('pid');
    await expect(start('twice')).rejects.toThrow(SessionExistsError);
    expect(await isAlive(first)).toBe(true);
    expect(await sessions.list()).toEqual(['twice']);
  });

  it('G09 let one of several starters of a name win', async () => {
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => start('race')));
    const losers = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(losers).toHaveLength(3);
    for (const loser of losers) expect(loser).toBeInstanceOf(SessionExistsError);
  });

  it('start several at once, the first ones ever', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name) => start(name)));
    expect(await sessions.list()).toEqual(names);
  });

  it('refuse what cannot be started, and start nothing', async () => {
    const refused = [
      { command: [] },
      { command: [''] },
      { command: ['/no/such/program'] },
      { command: ['no-such-program'] },
      { command: [work] },
      { command: ['a=b'] },
      { command: ['/bin/sh', 'a\0b'] },
      { command: ['/bin/sh', 'x'.repeat(200_000)] },
      { cwd: join(work, 'missing') },
      { cwd: '.' },
      { env: { 'a=b': 'c' } },
      { env: { '': 'c' } },
    ];
    for (const wrong of refused) {
      const parameters = { name: 'wrong', command: STAY, cwd: work, env, ...wrong };
      await expect(sessions.start(parameters)).rejects.toThrow(SessionStartError);
    }
    expect(await sessions.list()).toEqual([]);
  });

  it('are gone when their process has ended, and the name is free again', async () => {
    await start('short', shell('exit 3'));
    await vi.waitFor(async () => expect(await sessions.exists('short')).toBe(false));
    await start('short');
    expect(await sessions.list()).toEqual(['short']);
  });

  it('send SIGHUP to the process when they are ended, and to its foreground children when it ends', async () => {
    const child = `trap 'echo child > child-hup; exit' HUP; echo $$ > child; while :; do sleep 0.01; done`;
    await writeFile(join(work, 'child.sh'), child);
    await start('hup', shell(`trap 'echo parent > parent-hup; exit' HUP; /bin/sh child.sh & wait`));
    const running = await writtenPid('child');
    await sessions.end('hup');
    expect(await sessions.exists('hup')).toBe(false);
    expect(await written('parent-hup')).toBe('parent');
    expect(await written('child-hup')).toBe('child');
    await vi.waitFor(async () => expect(await isAlive(running)).toBe(false));
  });

  it('G14 are gone when ended, though a process that ignores SIGHUP is not', async () => {
    await start('stubborn', shell(`trap '' HUP; echo $$ > pid; while :; do sleep 0.01; done`));
    const process = await writtenPid('pid');
    await sessions.end('stubborn');
    expect(await sessions.list()).toEqual([]);
    expect(await isAlive(process)).toBe(true);
    const { ended } = await endMarkedProcesses({
      marker: { TINA_TEST: mark },
      processGroups: [],
      graceMs: 0,
    });
    expect(ended).toContain(process.pid);
  });

  it('end what is not there without complaint', async () => {
    await sessions.end('nobody');
    await start('somebody');
    await sessions.end('nobody');
    expect(await sessions.list()).toEqual(['somebody']);
  });

  it('G06 do not say "none" when they cannot look', async () => {
    const stateDir = join(folder, 'file');
    await writeFile(stateDir, '');
    const blind = open(stateDir);
    await expect(blind.list()).rejects.toBeInstanceOf(Error);
    await expect(blind.exists('any')).rejects.toBeInstanceOf(Error);
    await expect(blind.start({ name: 'any', command: STAY, cwd: work, env })).rejects.toBeInstanceOf(Error);
  });

  it('are found by another one that is opened on the same folder', async () => {
    await start('kept');
    const next = open(stateDir);
    expect(await next.list()).toEqual(['kept']);
    await next.end('kept');
    expect(await sessions.list()).toEqual([]);
  });

  it('never see those of another state folder', async () => {
    const otherDir = join(folder, 'other');
    await mkdir(otherDir);
    const other = open(otherDir);
    opened.push({ sessions: other, stateDir: otherDir });
    await start('mine');
    await other.start({ name: 'theirs', command: STAY, cwd: work, env });
    expect(await sessions.list()).toEqual(['mine']);
    await other.end('mine');
    expect(await sessions.list()).toEqual(['mine']);
    expect(await other.list()).toEqual(['theirs']);
  });

  it('start again right after the last one was ended', async () => {
    for (let round = 0; round < 15; round += 1) {
      await start('round');
      expect(await sessions.list()).toEqual(['round']);
      await sessions.end('round');
    }
  });

  it('leave no file with the environment behind', async () => {
    await start('clean');
    await writtenPid('pid');
    await sessions.end('clean');
    const files = await readdir(join(stateDir, 'sessions'));
    expect(files.filter((file) => !file.endsWith('.log'))).toEqual([]);
  });

  it('stay ready for the next one, and leave nothing all the same', async () => {
    await sessions.stayReady();
    expect(await sessions.list()).toEqual([]);
    await start('first');
    await sessions.stayReady();
    await sessions.end('first');
    await start('second');
    expect(await sessions.list()).toEqual(['second']);
    await sessions.stayReady();
    await sessions.letGo();
    await sessions.end('second');
    await untilNoServer(stateDir);
  });
});
