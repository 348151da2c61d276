import { afterEach, describe, expect, test } from 'vitest';
import {
  askDaemon,
  CRASH_DESIGN,
  CRASH_SANDBOX,
  crashPlay,
  judgeRun,
  NO_PROBLEM,
  play,
  playDisasters,
  Sandbox,
} from '@tina/harness';

// A sample of what `npm run crashes` plays as a whole (docs/crash-matrix.md).

let sandbox: Sandbox | null = null;
afterEach(async () => {
  await sandbox?.dispose();
  sandbox = null;
});

// Side by side: for most of the time each waits for something.
describe.concurrent('what befalls a run', () => {
  test.for([
    ['daemon', 'before', [1, 78]],
    ['daemon', 'during', [45, 170]],
    ['all', 'after', [62, 247]],
    ['agent', 'after', [64]],
    ['host', 'before', [71, 208]],
  ] as const)(
    'G13 kill -9 of %s %s the commit of events %s: nothing is lost, done twice, stuck or left over',
    async ([victim, side, events], { expect }) => {
      const points = events.map((event) => ({ victim, side, event }));
      const { tried, verdict, kept } = await crashPlay(points, { turn: 1, leavesLast: false });
      expect({ verdict, kept }).toEqual({ verdict: NO_PROBLEM, kept: null });
      expect(tried.map(({ outcome }) => outcome)).toContain('killed');
      for (const { recoveryMs } of tried) expect(recoveryMs ?? 0).toBeLessThan(30_000);
    },
  );

  test.for([
    ['branch-moved', 'a merge into a branch that was moved back by hand is refused, and nothing is lost'],
    ['socket-deleted', 'a socket that was deleted is there again for the next command'],
  ] as const)('G05 %s: %s', async ([name], { expect }) => {
    const results = await playDisasters([name], { parallel: 1, points: null }, () => undefined);
    expect(results).toMatchObject([{ name, skipped: null, wrong: [], verdict: NO_PROBLEM }]);
  });
});

test('the verdict on a run says what was lost, done twice and left over', async () => {
  sandbox = await Sandbox.create(CRASH_SANDBOX);
  expect((await play(sandbox, CRASH_DESIGN)).code).toBe(0);
  // The order matters: the judge clears up behind the run.
  await sandbox.write('a.txt', 'once\nonce\n');
  await sandbox.git('rm', '--quiet', 'b.txt');
  await sandbox.commit('Spoil it');
  const nowhere = await sandbox.git('commit-tree', '-m', 'Nowhere', 'HEAD^{tree}');
  await sandbox.write('.git/made', nowhere);
  await sandbox.git('branch', 'left-over');
  await sandbox.write('.git/left.lock', '');
  expect(await judgeRun(sandbox)).toMatchObject({
    stuck: [],
    doubled: ['a.txt has 2 lines: its work was done twice'],
    lost: ['the base has no b.txt', `commit ${nowhere} is under no ref`],
    leftOver: ['branch refs/heads/left-over', 'lock .git/left.lock'],
  });
});

test('G27 the debug port answers in a daemon that was started with --debug, and in no other', async () => {
  sandbox = await Sandbox.create();
  const status = { call: 'debug.status', input: {} };
  await sandbox.tina('daemon', 'start');
  expect(await askDaemon(sandbox, status)).toMatchObject({ error: { code: 'debug_off' } });
  const refused = await sandbox.tina('daemon', 'start', '--debug');
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('tina daemon stop && tina daemon start --debug');
  await sandbox.tina('daemon', 'stop');
  expect(await sandbox.tina('daemon', 'start', '--debug')).toMatchObject({ code: 0 });
  expect(await askDaemon(sandbox, status)).toMatchObject({
    result: { pause: null, held: [], clockOffsetMs: 0 },
  });
});
