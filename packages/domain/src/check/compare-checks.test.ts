import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckOutcome, CheckResult } from './check.ts';
import { newFailures } from './compare-checks.ts';

function result(outcome: CheckOutcome, ...failures: string[]): CheckResult {
  return {
    name: 'test',
    outcome,
    exitCode: outcome === 'failed' ? 1 : null,
    durationMs: 1,
    failures,
    outputPath: null,
    outputTail: '',
  };
}

function kindsOf(baseline: CheckResult | null, now: CheckResult): string[] {
  return newFailures(baseline ? [baseline] : [], [now]).map(({ kind, failures }) =>
    [kind, ...failures].join(' '),
  );
}

describe('a check that passes', () => {
  it.each([null, result('passed'), result('failed', 'a'), result('timed_out'), result('could_not_run')])(
    'is no new failure',
    (baseline) => {
      expect(kindsOf(baseline, result('passed'))).toEqual([]);
    },
  );
});

describe('a check that fails (G17)', () => {
  it('is new when it passed, could not run or was not run on the base commit', () => {
    for (const baseline of [result('passed'), result('could_not_run'), null]) {
      expect(kindsOf(baseline, result('failed'))).toEqual(['failed']);
      expect(kindsOf(baseline, result('failed', 'a', 'b'))).toEqual(['failed a b']);
    }
  });

  it('is not new when it failed before and names no failures', () => {
    expect(kindsOf(result('failed'), result('failed'))).toEqual([]);
  });

  it('is new by the failures that were not there before', () => {
    expect(kindsOf(result('failed', 'a', 'b'), result('failed', 'b', 'c'))).toEqual(['failed c']);
    expect(kindsOf(result('failed'), result('failed', 'c'))).toEqual(['failed c']);
    expect(kindsOf(result('failed', 'a', 'b'), result('failed', 'a'))).toEqual([]);
  });

  it('is new when it no longer gets as far as naming its failures', () => {
    expect(kindsOf(result('failed', 'a'), result('failed'))).toEqual(['failed']);
  });

  it('is new when it ran out of time before, unless it names the same failures', () => {
    expect(kindsOf(result('timed_out'), result('failed'))).toEqual(['failed']);
    expect(kindsOf(result('timed_out', 'a'), result('failed', 'a', 'b'))).toEqual(['failed b']);
    expect(kindsOf(result('timed_out', 'a'), result('failed', 'a'))).toEqual([]);
  });
});

describe('a check that runs out of time', () => {
  it('is new unless it did so before', () => {
    for (const baseline of [result('passed'), result('failed', 'a'), result('could_not_run'), null]) {
      expect(kindsOf(baseline, result('timed_out'))).toEqual(['timed_out']);
    }
    expect(kindsOf(result('timed_out'), result('timed_out'))).toEqual([]);
    expect(kindsOf(result('timed_out', 'a'), result('timed_out'))).toEqual([]);
  });

  it('is new by the failures it got to name', () => {
    expect(kindsOf(result('timed_out', 'a'), result('timed_out', 'a', 'b'))).toEqual(['timed_out b']);
  });
});

describe('a check that cannot run (G16)', () => {
  it.each([null, result('passed'), result('failed'), result('could_not_run')])(
    'is always told, as what it is',
    (baseline) => {
      expect(kindsOf(baseline, result('could_not_run'))).toEqual(['could_not_run']);
    },
  );
});

describe('the message', () => {
  function messageOf(baseline: CheckResult | null, now: CheckResult): string | undefined {
    return newFailures(baseline ? [baseline] : [], [now])[0]?.message;
  }

  it('says what happened now and what on the base commit', () => {
    expect(messageOf(result('passed'), result('failed'))).toBe(
      'Check "test" failed with exit code 1. On the base commit it passed.',
    );
    expect(messageOf(null, result('timed_out'))).toBe(
      'Check "test" ran out of time. On the base commit it was not run.',
    );
    expect(messageOf(null, result('could_not_run'))).toBe(
      'Check "test" could not run, so nothing is known about the work.',
    );
  });

  it('names the first few new failures', () => {
    expect(messageOf(result('failed', 'a'), result('failed', 'a', 'b'))).toBe(
      'Check "test" failed with new failures: b. On the base commit it failed too, though not like this.',
    );
    expect(messageOf(result('passed'), result('failed', '1', '2', '3', '4', '5', '6', '7'))).toContain(
      ': 1, 2, 3, 4, 5 and 2 more.',
    );
  });
});

describe('any results', () => {
  const outcome = fc.constantFrom<CheckOutcome>('passed', 'failed', 'timed_out', 'could_not_run');
  const results = fc
    .uniqueArray(
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), outcome, failures: fc.subarray(['x', 'y', 'z']) }),
      { selector: ({ name }) => name },
    )
    .map((list) => list.map((fields) => ({ ...result(fields.outcome), ...fields })));

  it('have no new failures against themselves, except what could not run', () => {
    fc.assert(
      fc.property(results, (now) => {
        const unknown = now.filter(({ outcome }) => outcome === 'could_not_run').map(({ name }) => name);
        expect(newFailures(now, now).map(({ check }) => check)).toEqual(unknown);
      }),
      { numRuns: 200 },
    );
  });

  it('have new failures exactly for what does not pass when nothing is known of the base commit', () => {
    fc.assert(
      fc.property(results, (now) => {
        const failing = now.filter(({ outcome }) => outcome !== 'passed').map(({ name }) => name);
        expect(newFailures([], now).map(({ check }) => check)).toEqual(failing);
      }),
      { numRuns: 200 },
    );
  });
});
