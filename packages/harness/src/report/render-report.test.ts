import { describe, expect, it } from 'vitest';
import { makeFacts, makeRun } from '../play/facts.test-support.ts';
import type { ScenarioResult } from '../result/scenario-result.ts';
import { percentile, summarise } from '../result/summary.ts';
import { timelineOf } from '../result/timeline.ts';
import { metricsOf } from '../expectation/metrics.ts';
import { axisUpTo, percentOf, tickText } from './axis.ts';
import { renderReport } from './render-report.ts';

function makeResult(given: Partial<ScenarioResult> = {}): ScenarioResult {
  const run = makeRun('everything-killed');
  const startedAt = run.ledger.createdAt - 400;
  return {
    scenario: 'everything-killed',
    title: 'All is killed <at once>',
    repetition: 1,
    agent: 'scripted',
    startedAt,
    durationMs: 8000,
    asExpected: true,
    isMeantToComplete: true,
    isFinishedUnaided: true,
    runs: [timelineOf(run, startedAt)],
    metrics: metricsOf(run, makeFacts(run)),
    notices: [
      { kind: 'anomaly', code: 'no_progress', afterMs: 700, runId: 'r', text: 'no progress for 30 s' },
    ],
    faults: [{ afterMs: 900, text: 'kill everything' }],
    failures: [],
    folder: null,
    ...given,
  };
}

const FAILED = makeResult({
  repetition: 2,
  asExpected: false,
  isFinishedUnaided: false,
  durationMs: 12_000,
  failures: [
    {
      category: 'orchestration',
      message: 'something is left',
      evidence: [{ title: 'what was found', lines: ['<script>alert(1)</script>'] }],
      next: ['tina harness run x --keep'],
    },
  ],
});

describe('a report', () => {
  const page = renderReport([makeResult(), FAILED]);

  it('is one page that asks nothing of the network and holds no program', () => {
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).not.toMatch(/<script|<link|@import|url\(|https?:|src=/i);
    expect(page).toContain('color-scheme: light dark');
    expect(page).toContain('width=device-width');
  });

  it('writes what agents and logs say as text', () => {
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('All is killed &lt;at once&gt;');
  });

  it('shows figures, timelines, milestones, faults and failures with their category', () => {
    for (const text of [
      '1 of 2',
      '50 %',
      'phase-1-task-1',
      'attempt 1, implementer: lost',
      'no progress for 30 s',
      '<span class="bad">played: kill everything</span>',
      '<span class="chip bad">orchestration</span> something is left',
      'tina harness run x --keep',
      'Phase 2',
    ])
      expect(page).toContain(text);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  it('of nothing says so', () => {
    expect(renderReport([])).toContain('Nothing was played.');
  });
});

it('a summary counts shares, durations and categories', () => {
  expect(
    summarise([makeResult(), FAILED, makeResult({ isMeantToComplete: false, asExpected: true })]),
  ).toEqual({
    plays: 3,
    asExpected: 2,
    meantToComplete: 2,
    finishedUnaided: 1,
    p50Ms: 8000,
    p99Ms: 12_000,
    anomalies: 3,
    failures: { orchestration: 1 },
  });
});

it('a percentile is the nearest rank', () => {
  expect(percentile([], 50)).toBe(0);
  expect(percentile([1, 2, 3, 4], 50)).toBe(2);
  expect(percentile([1, 2, 3, 4], 99)).toBe(4);
});

it('an axis has round steps, few enough for a telephone', () => {
  expect(axisUpTo(0)).toEqual({ stepMs: 100, endMs: 100 });
  expect(axisUpTo(7900)).toEqual({ stepMs: 2000, endMs: 8000 });
  expect(axisUpTo(95_000)).toEqual({ stepMs: 20_000, endMs: 100_000 });
  expect(axisUpTo(10 * 3_600_000)).toEqual({ stepMs: 6_000_000, endMs: 36_000_000 });
  expect(percentOf({ stepMs: 100, endMs: 400 }, 100)).toBe('25.00%');
  expect(percentOf({ stepMs: 100, endMs: 400 }, 900)).toBe('100.00%');
  expect([0, 500, 2000, 120_000].map(tickText)).toEqual(['0', '500 ms', '2 s', '2 min']);
});
