import { reportInputSchema } from '@tina/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readReport } from './read-report.ts';

const odd = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.constant([]), fc.constant({}));
const mostly = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: odd });
const findings = fc.array(
  fc.record(
    {
      severity: mostly(fc.constantFrom('blocker', 'major', 'minor')),
      message: mostly(fc.string()),
      file: mostly(fc.constantFrom(null, 'src/a.ts')),
      line: mostly(fc.constantFrom(null, 0, 1, 1.5)),
      other: fc.constant(1),
    },
    { requiredKeys: ['message'] },
  ),
);
const verdicts = fc.array(
  fc.record({ findingId: mostly(fc.string()), verdict: mostly(fc.constantFrom('closed', 'open')) }),
);

const almostReports = fc.oneof(
  odd,
  fc.record({ kind: odd }),
  fc.record(
    {
      kind: fc.constant('validation'),
      status: mostly(fc.constantFrom('pass', 'warning', 'stop')),
      text: mostly(fc.string()),
    },
    { requiredKeys: ['kind'] },
  ),
  fc.record({ kind: fc.constant('plan'), markdown: mostly(fc.string()) }),
  fc.record(
    { kind: fc.constant('work'), summary: mostly(fc.string()), other: fc.constant(1) },
    { requiredKeys: ['kind', 'summary'] },
  ),
  fc.record(
    {
      kind: fc.constant('review'),
      verdict: mostly(fc.constantFrom('pass', 'gaps')),
      summary: mostly(fc.string()),
      findings: mostly(findings),
      verdicts: mostly(verdicts),
    },
    { requiredKeys: ['kind', 'verdict'] },
  ),
  fc.record({ kind: fc.constant('error'), reason: mostly(fc.string()) }),
);

it('takes what the contract takes, and gives what the contract gives', () => {
  fc.assert(
    fc.property(almostReports, (value) => {
      const parsed = reportInputSchema.safeParse(value);
      expect(readReport(value)).toEqual(parsed.success ? parsed.data : null);
    }),
    { numRuns: 1_000 },
  );
});

it('holds the contract’s limits', () => {
  for (const value of [
    { kind: 'validation', status: 'pass', text: 'x'.repeat(200_001) },
    { kind: 'plan', markdown: 'x'.repeat(1_000_001) },
    { kind: 'error', reason: 'x'.repeat(20_001) },
    { kind: 'error', reason: '' },
    { kind: 'review', verdict: 'gaps', findings: Array.from({ length: 201 }, () => ({ message: 'x' })) },
  ]) {
    expect(reportInputSchema.safeParse(value).success).toBe(false);
    expect(readReport(value)).toBeNull();
  }
});
