import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW } from '../testing/time.test-support.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { ago, done, makeAttempt, makeFinding, makeSummary, makeTask } from '../testing/views.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  process.env['TZ'] = 'UTC';
  cli = createTestCli();
});

afterEach(() => cli.dispose());

const first = makeTask({ id: 'r1-t1', name: 'phase-1-task-1', title: 'Tokenizer', ...done(60, 12) });

describe('tina tasks', () => {
  const list = [
    first,
    makeTask({ id: 'r1-t2', name: 'phase-1-task-2', title: 'Grammar', dependsOn: ['r1-t1'] }),
    makeTask({
      id: 'r1-t3',
      name: 'phase-1-task-3',
      title: 'Errors',
      status: 'in_progress',
      startedAt: ago(5),
      retryAt: NOW + 4_000,
    }),
    makeTask({
      id: 'r1-t4',
      name: 'review-phase-1',
      title: 'review-phase-1',
      status: 'in_progress',
      step: 'approve',
      gateId: 'r1-g1',
    }),
    makeTask({
      id: 'r1-t5',
      name: 'finalize',
      title: '',
      status: 'blocked',
      block: { code: 'x', message: 'The checkout is not clean.', output: null, next: [] },
    }),
  ];

  it('lists them in order, with what each does or waits for', async () => {
    const daemon = await cli.serve({ 'task.list': () => list });
    const { code, stdout } = await cli.run(['tasks', 'r1']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "TASK   NAME            STATUS       TOOK
      r1-t1  phase-1-task-1  completed    12s   Tokenizer
      r1-t2  phase-1-task-2  pending            after phase-1-task-1 · Grammar
      r1-t3  phase-1-task-3  in progress  5s    tries again at 12:00:04 · Errors
      r1-t4  review-phase-1  in progress        waits for you: gate r1-g1
      r1-t5  finalize        blocked            The checkout is not clean.
      "
    `);
    expect(daemon.inputOf('task.list')).toEqual({ run: 'r1' });
  });

  it('prints the views as JSON', async () => {
    await cli.serve({ 'task.list': () => list });
    expect(JSON.parse((await cli.run(['tasks', 'r1', '--json'])).stdout)).toEqual(list);
  });
});

describe('tina task', () => {
  const detail = {
    ...first,
    status: 'blocked',
    model: 'opus',
    files: ['src/a.ts', 'src/b.ts'],
    dependsOn: ['r1-t0'],
    acceptance: ['It \u001B[1mworks'],
    body: 'Do this.\n\n  - and that\n',
    allAttempts: [
      makeAttempt({
        status: 'failed',
        endedAt: ago(8),
        failure: { kind: 'crash', message: 'exit code 1' },
        rescueRef: 'refs/tina/attempts/r1-a1',
      }),
      makeAttempt({ id: 'r1-a2', number: 2, model: 'opus' }),
      makeAttempt({ id: 'r1-a3', number: 3, status: 'requested', startedAt: null }),
    ],
    findings: [makeFinding(), makeFinding({ id: 'r1-f2', file: null, line: null, status: 'closed' })],
    checks: [
      {
        name: 'test',
        outcome: 'failed',
        exitCode: 1,
        durationMs: 4200,
        failures: ['a > b'],
        outputPath: null,
        outputTail: '',
      },
      {
        name: 'lint',
        outcome: 'could_not_run',
        exitCode: null,
        durationMs: 10,
        failures: [],
        outputPath: null,
        outputTail: 'x\nno eslint\n',
      },
      {
        name: 'build',
        outcome: 'passed',
        exitCode: 0,
        durationMs: 10,
        failures: [],
        outputPath: null,
        outputTail: 'ok',
      },
    ],
    block: {
      code: 'retries_spent',
      message: 'It failed twice.',
      output: 'line 1\nline 2',
      next: ['tina retry r1-t1'],
    },
  };

  it('shows everything of it', async () => {
    const daemon = await cli.serve({ 'task.get': () => detail });
    const { code, stdout } = await cli.run(['task', 'rate-limits/phase-1-task-1']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "phase-1-task-1  blocked  Tokenizer
        id     r1-t1
        run    r1
        team   rate-limits-phase-1
        model  opus
        files  src/a.ts, src/b.ts
        after  r1-t0

      Acceptance
        - It works

      Attempts
        r1-a1  implementer  scripted       failed     10s  crash: exit code 1; kept under refs/tina/attempts/r1-a1
        r1-a2  implementer  scripted opus  running    18s
        r1-a3  implementer  scripted       requested

      Checks
        test   failed         4s  a > b
        lint   could not run  0s  no eslint
        build  passed         0s

      Findings
        r1-f1  major  open    src/limit.ts:12  No limit per user
        r1-f2  major  closed                   No limit per user

      Plan
        Do this.

          - and that


      blocked: It failed twice.
        line 1
        line 2
      next: tina retry r1-t1
      "
    `);
    expect(daemon.inputOf('task.get')).toEqual({ task: 'rate-limits/phase-1-task-1' });
  });

  it('shows no headings without what belongs below them', async () => {
    const empty = { ...first, acceptance: [], body: '', allAttempts: [], findings: [], checks: [] };
    await cli.serve({ 'task.get': () => empty });
    expect((await cli.run(['task', 't'])).stdout).toBe(
      'phase-1-task-1  completed  Tokenizer\n  id    r1-t1\n  run   r1\n  team  rate-limits-phase-1\n',
    );
    expect(JSON.parse((await cli.run(['task', 't', '--json'])).stdout)).toEqual(empty);
  });

  it('shows the plan or the review that waits for a word, and how to say it', async () => {
    const plan = { name: 'plan-phase-1', kind: 'plan-phase', gateId: 'r1-g1', body: 'The plan.' };
    const review = { name: 'review-phase-1', kind: 'review-phase', gateId: 'r1-g2', body: 'Good.' };
    const answers = [plan, review].map((fields) => ({ ...detail, ...fields, block: null }));
    await cli.serve({ 'task.get': () => answers.shift() });
    expect((await cli.run(['task', 'r1/plan-phase-1'])).stdout).toMatch(
      /\nPlan\n {2}The plan\.\n\nnext: tina approve r1-g1\nnext: tina reject r1-g1 --comment "..."\n$/,
    );
    expect((await cli.run(['task', 'r1/review-phase-1'])).stdout).toContain('\nReview\n  Good.\n');
  });

  it('is of the only active run when its name stands alone', async () => {
    const runs = [makeSummary()];
    const daemon = await cli.serve({ 'run.list': () => runs, 'task.get': () => detail });
    expect((await cli.run(['task', 'phase-1-task-1'])).code).toBe(0);
    expect(daemon.inputOf('task.get')).toEqual({ task: 'r1/phase-1-task-1' });
    runs.push(makeSummary({ id: 'r2' }));
    const { code, stderr } = await cli.run(['task', 'phase-1.1-task-1']);
    expect(code).toBe(1);
    expect(stderr).toContain('next: tina task r1/phase-1.1-task-1\n      tina task r2/phase-1.1-task-1\n');
  });
});
