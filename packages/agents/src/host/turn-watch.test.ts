import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TurnWatch } from './turn-watch.ts';

const LIMITS = { idleWarningMs: 100, idleStopMs: 300, turnMs: 10_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(
  limits = LIMITS,
  activity: (() => string | null) | null = null,
): { watch: TurnWatch; calls: string[] } {
  const calls: string[] = [];
  const watchCalls = {
    onIdle: () => calls.push('warning'),
    onIdleTooLong: () => {
      calls.push('idle');
      watch.stop();
    },
    onTooLong: () => {
      calls.push('long');
      watch.stop();
    },
  };
  const watch = new TurnWatch(limits, watchCalls, activity);
  watch.start();
  return { watch, calls };
}

it('G12 warns once, then stops', () => {
  const { calls } = watched();
  vi.advanceTimersByTime(99);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(calls).toEqual(['warning']);
  vi.advanceTimersByTime(198);
  expect(calls).toEqual(['warning']);
  vi.advanceTimersByTime(2);
  expect(calls).toEqual(['warning', 'idle']);
});

it('G12 warns again in another spell of silence, and never of an agent that makes progress', () => {
  const { watch, calls } = watched();
  vi.advanceTimersByTime(150);
  watch.progress();
  vi.advanceTimersByTime(99);
  expect(calls).toEqual(['warning']);
  vi.advanceTimersByTime(52);
  expect(calls).toEqual(['warning', 'warning']);
  for (let count = 0; count < 20; count += 1) {
    watch.progress();
    vi.advanceTimersByTime(90);
  }
  expect(calls).toHaveLength(2);
});

it('G12 counts a tool as being busy, until it ends', () => {
  const { watch, calls } = watched();
  watch.toolStarted('a');
  watch.toolStarted('b');
  vi.advanceTimersByTime(5_000);
  watch.toolEnded('a');
  vi.advanceTimersByTime(1_000);
  expect(calls).toEqual([]);
  watch.toolEnded('b');
  vi.advanceTimersByTime(500);
  expect(calls).toEqual(['warning', 'idle']);
});

it('G12 takes what the processes of a silent agent do for progress, and no more of it for none', () => {
  let activity: string | null = 'a';
  const { calls } = watched(LIMITS, () => activity);
  for (let count = 0; count < 20; count += 1) {
    vi.advanceTimersByTime(90);
    activity += 'a';
  }
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(130);
  expect(calls).toEqual(['warning']);
  vi.advanceTimersByTime(200);
  expect(calls).toEqual(['warning', 'idle']);
});

it('G06 does not stop an agent of whose processes nothing can be told', () => {
  const { calls } = watched(LIMITS, () => null);
  vi.advanceTimersByTime(9_999);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(calls).toEqual(['long']);
});

it('G32 stops a turn that takes too long, also in a tool', () => {
  const { watch, calls } = watched();
  watch.toolStarted('a');
  vi.advanceTimersByTime(10_000);
  expect(calls).toEqual(['long']);
});

it('stops without a warning when that would come later', () => {
  const { calls } = watched({ ...LIMITS, idleWarningMs: 1_000 });
  vi.advanceTimersByTime(301);
  expect(calls).toEqual(['idle']);
});

it('says nothing between turns, and begins anew with the next', () => {
  const { watch, calls } = watched();
  watch.toolStarted('a');
  watch.stop();
  vi.advanceTimersByTime(20_000);
  expect(calls).toEqual([]);
  watch.start();
  vi.advanceTimersByTime(301);
  expect(calls).toEqual(['warning', 'idle']);
});
