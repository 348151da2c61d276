import type { EventView } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { chainsOf } from './matrix.ts';
import { readOptions } from './options.ts';
import { pointsOf, type Tried } from './point.ts';
import { isCommitted, recoveryOf, replacementOf } from './recovery.ts';
import { failureText, playText, tableOf } from './report.ts';
import { spread } from './spread.ts';
import { asidesOf, percentiles, rowsOf } from './summary.ts';
import { NO_PROBLEM } from './verdict.ts';
import { chooseVictims, struckBy, type Suspect } from './victim.ts';

const transactions = [1, 4, 9, 10, 20].map((first) => ({ first, last: first, types: ['x'] }));

describe('the points of the matrix', () => {
  it('are each transaction for each victim on each side', () => {
    const points = pointsOf(transactions, ['daemon', 'all'], ['before', 'after']);
    expect(points).toHaveLength(5 * 2 * 2);
    expect(points[0]).toEqual({ victim: 'daemon', side: 'before', event: 1 });
  });

  it('come in plays of one victim and side, far apart, each once', () => {
    const points = pointsOf(transactions, ['daemon', 'all'], ['before']);
    const chains = chainsOf(points, 2);
    expect(chains.map((chain) => chain.map(({ event }) => event))).toEqual([
      [1, 10],
      [4, 20],
      [9],
      [1, 10],
      [4, 20],
      [9],
    ]);
    expect(new Set(chains.flat()).size).toBe(points.length);
  });

  it('can be fewer, evenly spread', () => {
    expect(spread([1, 2, 3, 4, 5, 6, 7, 8], 2)).toEqual([3, 7]);
    expect(spread([1, 2], null)).toEqual([1, 2]);
    expect(spread([1, 2], 5)).toEqual([1, 2]);
  });
});

const suspects: readonly Suspect[] = [
  { pid: 1, kind: 'daemon', attemptId: null },
  { pid: 2, kind: 'agent', attemptId: 'a1' },
  { pid: 3, kind: 'agent', attemptId: 'a2' },
];

it('a crash takes one agent, another each turn, or everything', () => {
  expect([0, 1, 2].map((turn) => chooseVictims(suspects, 'agent', turn)[0]?.pid)).toEqual([2, 3, 2]);
  expect(chooseVictims(suspects, 'host', 0)).toEqual([]);
  expect(chooseVictims(suspects, 'all', 0)).toEqual(suspects);
  expect(struckBy(suspects.slice(1, 2), suspects)).toEqual(['a1']);
  expect(struckBy([{ pid: 9, kind: 'tmux', attemptId: null }], suspects)).toEqual(['a1', 'a2']);
});

function event(number: number, at: number, type: string, data: Record<string, unknown> = {}): EventView {
  return { sequence: number, runId: 'r', number, at, type, data };
}

describe('the time to recover', () => {
  const events = [
    event(1, 100, 'attempt.started', { attemptId: 'a1' }),
    event(2, 260, 'attempt.lost', { attemptId: 'a1' }),
    event(3, 260, 'attempt.requested', { attemptId: 'a3', predecessor: 'a1' }),
    event(4, 900, 'attempt.started', { attemptId: 'a3' }),
  ];
  const killed = { held: { events: [{ number: 1, type: 'attempt.started' }] }, struck: ['a1'], at: 200 };

  it('is that to the next event, and to the start of the attempt that comes for the dead one', () => {
    expect(recoveryOf(events, killed)).toBe(60);
    expect(replacementOf(events, killed)).toBe(700);
    expect(recoveryOf(events, { ...killed, at: 901 })).toBeNull();
    expect(replacementOf(events, { ...killed, struck: [] })).toBeNull();
  });

  it('tells a commit that was kept from one that was made anew', () => {
    expect(isCommitted(events, killed)).toBe(true);
    expect(isCommitted(events, { ...killed, at: 50 })).toBe(false);
  });

  it('is told as percentiles', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentiles(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
    expect(percentiles([])).toEqual({ count: 0, p50: null, p99: null, max: null });
  });
});

const tried: Tried = {
  point: { victim: 'daemon', side: 'before', event: 5 },
  outcome: 'killed',
  types: ['task.started'],
  killed: ['daemon'],
  isCommitted: null,
  recoveryMs: 420,
  replacementMs: null,
  restartedBy: 'command',
};
const result = { points: [tried.point], tried: [tried], verdict: NO_PROBLEM, durationMs: 1, kept: null };

describe('the report', () => {
  it('counts points by what came of them at last, and plays by what was wrong', () => {
    const missed = { ...result, tried: [{ ...tried, outcome: 'missed', recoveryMs: null } as const] };
    const wrong = { ...result, verdict: { ...NO_PROBLEM, lost: ['x', 'y'] }, kept: '/srv/kept' };
    const [row] = rowsOf([missed, wrong]);
    expect(row).toMatchObject({ name: 'daemon, before', killed: 1, missed: 0, lost: 1, doubled: 0 });
    expect(tableOf(rowsOf([result]))).toContain('0.42 / 0.42 / 0.42 s');
  });

  it('says who brought the daemon back, and how many commits were kept', () => {
    const byHost = { ...tried, restartedBy: 'host', isCommitted: true } as const;
    expect(asidesOf([{ ...result, tried: [byHost] }])).toEqual([
      'brought back by agent hosts: 1, recovery p50 420 ms, p99 420 ms',
      'killed during a commit: 1, of which 1 were kept',
    ]);
    expect(asidesOf([result])).toEqual([]);
  });

  it('names a play as the command line reads it', () => {
    const options = { turn: 7, leavesLast: true };
    expect(readOptions(['--play', playText(result, options)])).toEqual({
      kind: 'play',
      points: result.points,
      play: options,
    });
    const failed = {
      ...result,
      verdict: { ...NO_PROBLEM, stuck: ['the run is blocked'] },
      kept: '/srv/kept',
    };
    expect(failureText(failed, options)).toContain('stuck: the run is blocked');
    expect(failureText(failed, options)).toContain('npm run crashes -- --play daemon:before:5:7:host');
  });
});

describe('the options', () => {
  it('stand for the whole matrix when none is given', () => {
    expect(readOptions([])).toMatchObject({
      kind: 'matrix',
      points: null,
      sides: ['before', 'after'],
      parallel: 2,
    });
    expect(readOptions(['--disasters', 'clock,sleep-24s'])).toMatchObject({ wanted: ['clock', 'sleep-24s'] });
    expect(readOptions(['--help'])).toEqual({ kind: 'help' });
  });

  it.each([
    ['--victims', 'cat'],
    ['--sides', 'left'],
    ['--points', '0'],
    ['--play', 'daemon:before:x'],
  ])('%s %s is none', (...args) => {
    expect(() => readOptions(args)).toThrow(RangeError);
  });
});
