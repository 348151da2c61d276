import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../policy/role.ts';
import { expectedForm, parseMessage } from './parse-message.ts';
import { REPORT_KINDS } from './report.ts';

function reportOf(role: Role, phase: string | null, text: string) {
  const message = parseMessage(role, phase, text);
  return message?.kind === 'report' ? message.report : message;
}

describe("a validator's message", () => {
  it.each([
    ['VALIDATION_STATUS: Pass', 'pass'],
    ['VALIDATION_STATUS: Warning', 'warning'],
    ['validation_status: STOP', 'stop'],
    ['**VALIDATION_STATUS:** Pass', 'pass'],
    ['**VALIDATION_STATUS: Pass**', 'pass'],
    ['VALIDATION_STATUS: **Pass**', 'pass'],
    ['`VALIDATION_STATUS: Pass`', 'pass'],
    ['- VALIDATION_STATUS: Pass.', 'pass'],
    ['  VALIDATION_STATUS:Pass  ', 'pass'],
  ])('is %s', (text, status) => {
    expect(reportOf('validator', null, text)).toMatchObject({ kind: 'validation', status });
  });

  it('brings the text around the line along, or the line when it stands alone', () => {
    expect(reportOf('validator', null, '# Report\nGood.\n\nVALIDATION_STATUS: Pass\n')).toEqual({
      kind: 'validation',
      status: 'pass',
      text: '# Report\nGood.',
    });
    expect(reportOf('validator', null, '**VALIDATION_STATUS: Stop**')).toEqual({
      kind: 'validation',
      status: 'stop',
      text: 'VALIDATION_STATUS: Stop',
    });
  });

  it.each([
    'VALIDATION_STATUS: Pass/Warning/Stop',
    'VALIDATION_STATUS: Passed',
    'So VALIDATION_STATUS: Pass',
    'VALIDATION_STATUS:',
    'Pass',
    '',
  ])('is not "%s"', (text) => {
    expect(parseMessage('validator', null, text)).toBeNull();
  });

  it('may be an error', () => {
    expect(reportOf('validator', null, 'validate-design error: no such file')).toEqual({
      kind: 'error',
      reason: 'no such file',
    });
  });
});

describe("a planner's message", () => {
  it.each([
    'plan-phase-1 complete. PLAN_PATH: docs/plan.md',
    'Plan-Phase-1 complete.  PLAN_PATH: `docs/plan.md`',
    '**plan-phase-1 complete.** PLAN_PATH: docs/plan.md',
    '**plan-phase-1 complete. PLAN_PATH:** `docs/plan.md`',
    '* plan-phase-1 complete PLAN_PATH:docs/plan.md',
  ])('names the path of the plan in "%s"', (text) => {
    expect(parseMessage('planner', '1', text)).toEqual({ kind: 'plan_path', path: 'docs/plan.md' });
  });

  it('may be an error', () => {
    expect(reportOf('planner', '1.5', 'plan-phase-1.5 error: unclear design')).toEqual({
      kind: 'error',
      reason: 'unclear design',
    });
  });

  it.each([
    'plan-phase-1 complete.',
    'plan-phase-1 complete. PLAN_PATH:',
    'plan-phase-2 complete. PLAN_PATH: x',
    'plan-phase-1.5 complete. PLAN_PATH: x',
    'plan-phase-1 error:',
  ])('for phase 1 is not "%s"', (text) => {
    expect(parseMessage('planner', '1', text)).toBeNull();
  });
});

describe("a worker's message", () => {
  it.each([
    ['task-2 complete: added the store', 'added the store'],
    ['task-2 complete. Added the store', 'Added the store'],
    ['**task-2 complete:** added the store', 'added the store'],
    ['phase-1-task-2 complete: added the store', 'added the store'],
    ['task-2 complete', 'task-2 complete'],
    ['What I did.\ntask-2 complete.', 'What I did.'],
    ['execute-1 complete. Git range: abc..def', 'Git range: abc..def'],
  ])('tells of its work in "%s"', (text, summary) => {
    for (const role of ['implementer', 'resolver'] as const)
      expect(reportOf(role, '1', text)).toEqual({ kind: 'work', summary });
  });

  it.each([
    ['task-2 error: tests cannot run', 'tests cannot run'],
    ['phase-1-task-2 error: `a` is missing', '`a` is missing'],
    ['execute-1 error: session_died', 'session_died'],
    ['- **task-2 error:** changed src/**', 'changed src/**'],
  ])('tells of an error in "%s"', (text, reason) => {
    expect(reportOf('implementer', '1', text)).toEqual({ kind: 'error', reason });
  });

  it.each([
    'phase-2-task-2 complete: x',
    'execute-2 complete. Git range: a..b',
    'task-2 completed',
    'task-two complete',
    'my task-2 complete: x',
    'setup-worktree complete. worktree_path: x, branch: y',
  ])('in phase 1 is not "%s"', (text) => {
    expect(parseMessage('implementer', '1', text)).toBeNull();
  });
});

describe("a reviewer's message", () => {
  it('may pass', () => {
    for (const role of ['spec-reviewer', 'quality-reviewer', 'reviewer'] as const) {
      expect(reportOf(role, '1', 'All is well.\n**review-1 complete (pass)**')).toEqual({
        kind: 'review',
        verdict: 'pass',
        summary: 'All is well.',
        findings: [],
        verdicts: [],
      });
    }
    expect(reportOf('reviewer', '1', 'review-1 complete (pass).')).toMatchObject({
      summary: 'review-1 complete (pass).',
    });
  });

  it('may tell of gaps, at commas or at semicolons', () => {
    expect(
      reportOf('reviewer', '1', 'review-1 complete (gaps): coverage below 80%, `no error handling`'),
    ).toEqual({
      kind: 'review',
      verdict: 'gaps',
      summary: 'review-1 complete (gaps): coverage below 80%, `no error handling`',
      findings: [
        { severity: 'major', message: 'coverage below 80%', file: null, line: null },
        { severity: 'major', message: 'no error handling', file: null, line: null },
      ],
      verdicts: [],
    });
    expect(reportOf('reviewer', '1.5', '**review-1.5 complete (gaps):** a, b and c; d;')).toMatchObject({
      findings: [{ message: 'a, b and c' }, { message: 'd' }],
    });
  });

  it('may be an error', () => {
    expect(reportOf('reviewer', '1', 'review-1 error: no such range')).toEqual({
      kind: 'error',
      reason: 'no such range',
    });
  });

  it.each([
    'review-1 complete',
    'review-1 complete (gaps)',
    'review-1 complete (gaps): ,',
    'review-2 complete (pass)',
    'review-1x5 complete (pass)',
    'review-1 complete (pass) or review-1 complete (gaps): a',
  ])('of phase 1 is not "%s"', (text) => {
    expect(parseMessage('reviewer', '1', text)).toBeNull();
    expect(parseMessage('reviewer', '1.5', text)).toBeNull();
  });
});

describe('a message of several lines', () => {
  it('counts by the last line that is a form', () => {
    const text =
      'review-1 complete (pass)\r\nOn second thought:\r\nreview-1 complete (gaps): a\r\nThank you.';
    expect(reportOf('reviewer', '1', text)).toMatchObject({
      verdict: 'gaps',
      summary: 'review-1 complete (pass)\nOn second thought:\nThank you.',
    });
  });

  it('is not told by forms of another phase or another role', () => {
    const text =
      'review-1 complete (pass)\nreview-2 complete (gaps): a\ntask-1 error: b\nreview-1 complete (gaps):';
    expect(reportOf('reviewer', '1', text)).toMatchObject({ verdict: 'pass' });
  });

  it('counts for any phase when none is asked for', () => {
    expect(reportOf('reviewer', null, 'review-1.5.5 complete (pass)')).toMatchObject({ verdict: 'pass' });
  });
});

describe('the expected form', () => {
  it('names the phase it is for', () => {
    expect(expectedForm('planner', '1.5')).toBe(
      'plan-phase-1.5 complete. PLAN_PATH: <path>\nplan-phase-1.5 error: <reason>',
    );
    expect(expectedForm('reviewer', null)).toContain('review-N complete (pass)');
  });

  it.each(ROLES)('of a %s is understood, line by line', (role) => {
    for (const line of expectedForm(role, '1.5').split('\n')) {
      const message = parseMessage(role, '1.5', line.replace('task-N', 'task-1'));
      const kind = message?.kind === 'plan_path' ? 'plan' : message?.report.kind;
      expect(['error', REPORT_KINDS[role]]).toContain(kind);
    }
  });
});

describe('any message', () => {
  const noise = fc.constantFrom(
    'I am done.',
    '',
    '```',
    '- a point',
    'review-9 complete (pass)',
    '**bold**',
    'error: x',
  );
  const forms = fc.constantFrom<[Role, string]>(
    ['validator', 'VALIDATION_STATUS: Warning'],
    ['planner', 'plan-phase-3 complete. PLAN_PATH: out/plan.md'],
    ['implementer', 'task-4 complete: done it'],
    ['resolver', 'task-4 error: too hard'],
    ['reviewer', 'review-3 complete (gaps): one, two'],
    ['spec-reviewer', 'review-3 complete (pass)'],
  );
  const wrap = fc.constantFrom(
    (line: string) => line,
    (line: string) => `- ${line}`,
    (line: string) => `**${line}**`,
    (line: string) => `\`${line}\``,
    (line: string) => `1. **\`${line}\`**`,
    (line: string) => `  * __${line}__  `,
  );

  it('is understood whatever stands around the line and however it is marked', () => {
    fc.assert(
      fc.property(forms, wrap, fc.array(noise), fc.array(noise), ([role, line], wrap, before, after) => {
        const parsed = parseMessage(role, '3', [...before, wrap(line), ...after].join('\n'));
        const plain = parseMessage(role, '3', [...before, line, ...after].join('\n'));
        expect(parsed).not.toBeNull();
        expect(parsed).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it('is read without failing, and quickly', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), fc.string(), (role, text) => {
        parseMessage(role, '1', text);
      }),
      { numRuns: 200 },
    );
    expect(parseMessage('reviewer', '1', `review-1 complete${'*'.repeat(200_000)}`)).toBeNull();
    expect(parseMessage('reviewer', '1', `${'*'.repeat(50_000)}x${'*'.repeat(50_000)}`)).toBeNull();
  });
});
