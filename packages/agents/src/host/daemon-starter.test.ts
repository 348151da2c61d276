import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makeHostCase, shellAgent, WAIT } from '../testing/host-case.ts';
import { matching } from '../testing/matching.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { DaemonStarter } from './daemon-starter.ts';

/** A starter whose daemon notes what it was started with. */
function makeStarter(
  command = 'env > started.new; ps -o sid= -o pid= $$ > ids; mv started.new started',
  isTold = true,
) {
  const directory = temporaryFolder();
  const stoppedPath = join(directory, 'daemon.stopped');
  const notes: string[] = [];
  const starter = new DaemonStarter({
    start: { command: ['/bin/sh', '-c', command], directory, stoppedPath },
    firstStartMs: 10,
    note: (text) => notes.push(text),
  });
  const learn = (): void => starter.use({ PATH: process.env['PATH'] ?? '', OF_THE_DAEMON: 'yes' });
  if (isTold) learn();
  const isStarted = (): boolean => existsSync(join(directory, 'started'));
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  return { starter, notes, stoppedPath, isStarted, read, learn };
}

/** Tries to reach the daemon for as long as there is none, as the link does. */
async function absentUntil(starter: DaemonStarter, condition: () => boolean): Promise<void> {
  await vi.waitUntil(() => {
    starter.absent();
    return condition();
  }, WAIT);
}

it('G13 starts a daemon when none has been there for a while, with its environment and in a session of its own', async () => {
  const { starter, notes, isStarted, read } = makeStarter();
  starter.absent();
  expect(notes).toEqual([]);
  await absentUntil(starter, isStarted);
  expect(notes).toEqual([matching(/^no daemon for 0\.0 s: one is started$/)]);
  expect(read('started')).toContain('OF_THE_DAEMON=yes');
  expect(read('started')).not.toContain('VITEST');
  const [session, pid] = read('ids').trim().split(/\s+/);
  expect(session).toBe(pid);
});

it('does not start another while the first has not come up', async () => {
  const { starter, notes } = makeStarter('exit 3');
  await absentUntil(starter, () => notes.length > 1);
  for (let tries = 0; tries < 20; tries += 1) starter.absent();
  expect(notes).toEqual([
    matching(/one is started/),
    'the daemon could not be started (exit code 3); see daemon.log',
  ]);
});

it('waits anew when there was a daemon in between', async () => {
  const { starter, notes } = makeStarter('exit 0');
  await absentUntil(starter, () => notes.length === 1);
  starter.present();
  starter.absent();
  expect(notes).toHaveLength(1);
  await absentUntil(starter, () => notes.length === 2);
});

it('starts none while it is stopped on purpose', async () => {
  const { starter, notes, stoppedPath } = makeStarter();
  writeFileSync(stoppedPath, '');
  const until = performance.now() + 60;
  await absentUntil(starter, () => performance.now() > until);
  expect(notes).toEqual([]);
});

it('says so when there is no such program', async () => {
  const directory = temporaryFolder();
  const notes: string[] = [];
  const starter = new DaemonStarter({
    start: { command: [join(directory, 'gone')], directory, stoppedPath: join(directory, 'stopped') },
    firstStartMs: 1,
    note: (text) => notes.push(text),
  });
  starter.use({});
  await absentUntil(starter, () => notes.length > 1);
  expect(notes[1]).toMatch(/could not be started: .*ENOENT/);
});

it('starts none before a daemon has said with which environment', async () => {
  const { starter, notes, isStarted, learn } = makeStarter(undefined, false);
  const until = performance.now() + 60;
  await absentUntil(starter, () => performance.now() > until);
  expect(notes).toEqual([]);
  learn();
  await absentUntil(starter, isStarted);
});

it('G13 G30 a host starts its daemon with the environment that it was told, which is in no file', async () => {
  const folder = temporaryFolder();
  const start = {
    command: ['/bin/sh', '-c', 'echo "$WHOSE" > started.new; mv started.new started'],
    directory: folder,
    stoppedPath: join(folder, 'stopped'),
  };
  const agent = shellAgent('echo all done');
  const { daemon, launch, startHost, outcomeOf, read } = makeHostCase(agent, { daemonStart: start });
  daemon.answerHello = () => 'silent';
  await daemon.start();
  startHost({ firstStartMs: 10 });
  await vi.waitUntil(() => daemon.hellos.length > 0, WAIT);
  const environment = { PATH: process.env['PATH'] ?? '', WHOSE: 'a secret of the daemon' };
  daemon.tellEnvironment(environment);
  daemon.accept();
  expect(await outcomeOf(1)).toMatchObject({ kind: 'completed' });
  await daemon.stop();
  await vi.waitUntil(() => existsSync(join(folder, 'started')), WAIT);
  expect(readFileSync(join(folder, 'started'), 'utf8')).toBe('a secret of the daemon\n');
  expect(read('output.log')).toContain('one is started');
  const files = readdirSync(launch.directory, { withFileTypes: true }).filter((each) => each.isFile());
  expect(files.map(({ name }) => read(name)).join('')).not.toContain('a secret');
});
