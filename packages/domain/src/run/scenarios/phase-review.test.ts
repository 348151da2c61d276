import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../check/check.ts';
import { findsGaps, passes, says, type Turn } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['phase'],
  timeoutMs: 1,
  failures: null,
};

const dependenciesOf = (run: SimulatedRun, name: string): readonly string[] =>
  run.task(name).dependsOn.map((id) => run.state.tasks[id]?.name ?? '');

describe('a review that finds gaps', () => {
  it('adds phase 1.5, which the next phase waits for; it passes, and phase 2 follows', () => {
    const run = new SimulatedRun({
      phases: 2,
      script: {
        reviewer: (turn) => (turn.phase === '1' ? findsGaps(turn, ['missing unit tests']) : undefined),
      },
    });
    run.until(() => run.task('review-phase-1').status === 'completed');
    expect(run.task('review-phase-1').result).toMatchObject({ kind: 'reviewed', verdict: 'gaps' });
    expect(run.state.phases.map(({ number, remediates }) => [number, remediates])).toEqual([
      ['1', null],
      ['1.5', '1'],
      ['2', null],
    ]);
    expect(run.state.phases[1]?.title).toBe('Part 1: remaining gaps');
    expect(dependenciesOf(run, 'plan-phase-1.5')).toEqual(['review-phase-1']);
    expect(dependenciesOf(run, 'execute-phase-1.5')).toEqual(['plan-phase-1.5']);
    expect(dependenciesOf(run, 'review-phase-1.5')).toEqual(['execute-phase-1.5']);
    expect(dependenciesOf(run, 'plan-phase-2')).toEqual(['review-phase-1', 'review-phase-1.5']);
    expect(run.task('plan-phase-2').status).toBe('pending');
    expect(Object.values(run.state.teams).map((team) => team.name)).toContain('mail-phase-1.5');
    run.toRest();
    expect(run.task('review-phase-1.5').result).toMatchObject({ kind: 'reviewed', verdict: 'pass' });
    const order = run
      .eventsOf('task.completed')
      .map((event) => run.state.tasks[event.data.taskId]?.name ?? '')
      .filter((name) => name.startsWith('review'));
    expect(order).toEqual(['review-phase-1', 'review-phase-1.5', 'review-phase-2']);
    expect(run.status).toBe('complete');
    run.assertReplay();
  });

  it('three times over, down to 1.5.5, blocks the run with the findings (G05)', () => {
    const run = new SimulatedRun({
      script: { reviewer: (turn) => findsGaps(turn, [`gap of phase ${turn.phase}`]) },
    }).toRest();
    expect(run.status).toBe('blocked');
    expect(run.state.phases.map((phase) => phase.number)).toEqual(['1', '1.5', '1.5.5']);
    const task = run.task('review-phase-1.5.5');
    expect(run.state.blocked).toMatchObject([{ taskId: task.id, code: 'remediation_limit' }]);
    expect(task.block?.message).toBe('Phase 1 still has gaps after 2 remediations.');
    expect(task.block?.output).toBe(
      'major: gap of phase 1\nmajor: gap of phase 1.5\nmajor: gap of phase 1.5.5',
    );
    expect(task.block?.next).toContain(`tina retry ${task.id}`);
    expect(run.task('finalize').status).toBe('pending');
  });

  it('of the last phase keeps the end waiting', () => {
    const run = new SimulatedRun({
      script: {
        reviewer: (turn) => (turn.phase === '1' ? findsGaps(turn, ['a gap']) : undefined),
      },
    }).toRest();
    expect(dependenciesOf(run, 'finalize')).toEqual(['review-phase-1', 'review-phase-1.5']);
    expect(run.status).toBe('complete');
  });

  it('may have remediations of one depth only, where the policy says so', () => {
    const run = new SimulatedRun({
      policy: { maxRemediationDepth: 1 },
      script: { reviewer: (turn) => findsGaps(turn, ['a gap']) },
    }).toRest();
    expect(run.task('review-phase-1.5').block?.message).toBe('Phase 1 still has gaps after 1 remediation.');
  });

  it('of a phase without a title adds one without', () => {
    const run = new SimulatedRun({
      titled: false,
      script: {
        reviewer: (turn) => (turn.phase === '1' ? findsGaps(turn, ['a gap']) : undefined),
      },
    }).toRest();
    expect(run.state.phases.map((phase) => phase.title)).toEqual([null, null]);
  });

  it('at the limit may be retried: the phase is reviewed once more', () => {
    let isFixed = false;
    const run = new SimulatedRun({
      policy: { maxRemediationDepth: 0 },
      script: { reviewer: (turn) => (isFixed ? passes() : findsGaps(turn, ['a gap'])) },
    }).toRest();
    isFixed = true;
    run.accept({ kind: 'retry', taskId: run.task('review-phase-1').id });
    expect(run.state.blocked).toBeNull();
    run.toRest();
    expect(run.attempts('review-phase-1').length).toBe(2);
    expect(run.status).toBe('complete');
  });

  it('at the limit may be skipped: its findings are waived, and said to be', () => {
    const run = new SimulatedRun({
      policy: { maxRemediationDepth: 0 },
      script: { reviewer: (turn) => findsGaps(turn, ['a gap']) },
    }).toRest();
    run.accept({ kind: 'skip', taskId: run.task('review-phase-1').id, reason: 'it is no gap' });
    expect(run.state.findings['r1-f1']).toMatchObject({
      status: 'waived',
      closedBecause: 'review-phase-1 was skipped: it is no gap',
    });
    expect(run.toRest().status).toBe('complete');
  });
});

describe('findings stay open until closed (G18)', () => {
  it('each gets a verdict of the next review, and those left open are given to the next planner', () => {
    const run = new SimulatedRun({
      script: {
        reviewer: (turn) => {
          if (turn.phase === '1') return findsGaps(turn, ['first', 'second']);
          return turn.phase === '1.5' ? findsGaps(turn, ['third'], turn.open.slice(0, 1)) : undefined;
        },
      },
    });
    run.until(() => run.attempts('review-phase-1.5.5').length === 1);
    const findings = Object.values(run.state.findings);
    expect(findings.map(({ message, phase, status, source }) => [message, phase, status, source])).toEqual([
      ['first', '1', 'closed', 'review'],
      ['second', '1', 'open', 'review'],
      ['third', '1.5', 'open', 'review'],
    ]);
    expect(findings[0]).toMatchObject({ file: 'src/gap.ts', line: 7, severity: 'major' });
    expect(findings[0]?.closedBecause).toBe(`attempt ${run.attempt('review-phase-1.5').id} found it closed`);
    run.toRest();
    expect(Object.values(run.state.findings).every((finding) => finding.status === 'closed')).toBe(true);
    expect(run.status).toBe('complete');
  });

  const problemOf = (behave: (turn: Turn) => ReturnType<typeof findsGaps>): string => {
    const run = new SimulatedRun({
      script: {
        reviewer: (turn) => {
          if (turn.phase === '1') return findsGaps(turn, ['first', 'second']);
          return turn.turn === 1 ? behave(turn) : passes();
        },
      },
    }).toRest();
    expect(run.status).toBe('complete');
    return run.eventsOf('attempt.returned')[0]?.data.message.split('\n')[0] ?? '';
  };

  it('a review with gaps that leaves one without a verdict goes back', () => {
    expect(problemOf((turn) => findsGaps({ open: turn.open.slice(0, 1) }, ['third']))).toBe(
      'Give a verdict, closed or open, on each open finding: r1-f2.',
    );
  });

  it('the one-line form has no verdicts, so everything stays open', () => {
    const run = new SimulatedRun({
      script: {
        reviewer: (turn) => {
          if (turn.phase === '1') return findsGaps(turn, ['first', 'second']);
          return turn.phase === '1.5' ? says('review-1.5 complete (gaps): third') : passes();
        },
      },
    });
    run.until(() => run.attempts('review-phase-1.5.5').length === 1);
    const findings = Object.values(run.state.findings);
    expect(findings.map(({ message, status }) => [message, status])).toEqual([
      ['first', 'open'],
      ['second', 'open'],
      ['third', 'open'],
    ]);
    expect(run.toRest().status).toBe('complete');
  });

  it('a verdict on something else goes back', () => {
    expect(problemOf(() => findsGaps({ open: ['r1-f9'] }, ['third']))).toBe(
      'These are not ids of open findings: r1-f9.',
    );
  });

  it('gaps that name none, and leave none open, go back', () => {
    expect(problemOf((turn) => findsGaps(turn, [], turn.open))).toBe(
      'A review with gaps must report at least one finding, or leave one open.',
    );
  });

  it('a review that passes with a grave finding goes back', () => {
    const finding = { severity: 'blocker', message: 'it burns', file: null, line: null } as const;
    expect(problemOf(() => passes(finding))).toBe(
      'A review that passes cannot report a blocker finding ("it burns").',
    );
  });

  it('a review that passes and leaves one open goes back', () => {
    expect(
      problemOf(({ open }) => ({
        kind: 'ends',
        outcome: {
          kind: 'completed',
          report: {
            kind: 'review',
            verdict: 'pass',
            summary: '',
            findings: [],
            verdicts: open.map((findingId) => ({ findingId, verdict: 'open' })),
          },
          finalMessage: '',
          usage: null,
        },
      })),
    ).toBe('A review that passes cannot leave findings open.');
  });

  it('minor remarks of a review that passes are kept, and stop nothing', () => {
    const run = new SimulatedRun({
      script: { reviewer: () => passes({ severity: 'minor', message: 'a nit', file: null, line: null }) },
    }).toRest();
    expect(Object.values(run.state.findings)).toMatchObject([
      { message: 'a nit', status: 'waived', closedBecause: 'the review passed with it' },
    ]);
    expect(run.status).toBe('complete');
  });
});

describe('the checks of a phase', () => {
  it('make findings of new failures, which close when the check passes, whatever the reviewer says', () => {
    let isFixed = false;
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: (_, at) => (at === 'baseline' || isFixed ? 'passed' : 'failed'),
    });
    run.until(() => run.task('review-phase-1').status === 'completed');
    expect(run.task('review-phase-1').result).toMatchObject({
      verdict: 'gaps',
      summary: 'All is well.',
    });
    const [finding] = Object.values(run.state.findings);
    expect(finding).toMatchObject({ source: 'check', check: 'test', severity: 'blocker', status: 'open' });
    isFixed = true;
    run.toRest();
    expect(run.state.findings[finding?.id ?? '']).toMatchObject({
      status: 'closed',
      closedBecause: `check test passes at ${run.task('execute-phase-1.5').checksCommit}`,
    });
    expect(run.status).toBe('complete');
  });

  it('make one finding of a check, however often it fails', () => {
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: (_, at) => (at === 'baseline' ? 'passed' : 'failed'),
    }).toRest();
    expect(Object.values(run.state.findings).length).toBe(1);
    expect(run.task('review-phase-1.5.5').block?.code).toBe('remediation_limit');
  });

  it('run again when a person retries the review at the limit', () => {
    let isFixed = false;
    const run = new SimulatedRun({
      policy: { checks: [CHECK], maxRemediationDepth: 0 },
      checks: (_, at) => (at === 'baseline' || isFixed ? 'passed' : 'failed'),
    }).toRest();
    isFixed = true;
    run.accept({ kind: 'retry', taskId: run.task('review-phase-1').id });
    expect(run.task('review-phase-1').step).toBe('checks');
    expect(run.toRest().status).toBe('complete');
  });

  it('block the execution when the machine cannot run them, and go on with a retry', () => {
    let isBroken = true;
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      jobs: (job) =>
        job.kind === 'run-checks' && job.commit !== run.state.baseCommit && isBroken
          ? failedJob('disk_full')
          : undefined,
    });
    const task = run.toRest().task('execute-phase-1');
    expect(task.block?.code).toBe('disk_full');
    isBroken = false;
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.toRest().status).toBe('complete');
  });

  it('are waived when the review was skipped ahead of its time', () => {
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: (_, at) => (at === 'baseline' ? 'passed' : 'failed'),
    });
    run.accept({ kind: 'skip', taskId: run.task('review-phase-1').id, reason: 'in a hurry' });
    run.toRest();
    expect(Object.values(run.state.findings)).toMatchObject([
      { status: 'waived', closedBecause: 'the review of its phase was skipped' },
    ]);
    expect(run.status).toBe('complete');
  });
});

describe("a person's word on a review", () => {
  const gates = { plan: false, review: true };

  it('that approves a review with gaps begins the remediation', () => {
    const run = new SimulatedRun({
      policy: { gates },
      script: { reviewer: (turn) => (turn.phase === '1' ? findsGaps(turn, ['a gap', 'b gap']) : undefined) },
    }).toRest();
    expect(run.state.gates['r1-g1']?.question).toBe('The review of phase 1 left 2 gaps open. Is that all?');
    run.accept({ kind: 'approve', gateId: 'r1-g1', comment: null });
    run.toRest();
    expect(run.state.phases.map((phase) => phase.number)).toEqual(['1', '1.5']);
    run.accept({ kind: 'approve', gateId: 'r1-g2', comment: null });
    expect(run.toRest().status).toBe('complete');
  });

  it('that rejects a review which passed is a finding, and begins a remediation', () => {
    const run = new SimulatedRun({ policy: { gates } }).toRest();
    run.accept({ kind: 'reject', gateId: 'r1-g1', comment: 'The colours are wrong.' });
    expect(Object.values(run.state.findings)).toMatchObject([
      { source: 'person', severity: 'blocker', message: 'The colours are wrong.', status: 'open' },
    ]);
    run.toRest();
    expect(run.state.phases.map((phase) => phase.number)).toEqual(['1', '1.5']);
    expect(Object.values(run.state.findings)[0]?.status).toBe('closed');
  });

  it('that rejects at the limit blocks with what it says among the gaps', () => {
    const run = new SimulatedRun({
      policy: { gates, maxRemediationDepth: 0 },
      script: { reviewer: (turn) => findsGaps(turn, ['a gap']) },
    }).toRest();
    expect(run.state.gates['r1-g1']?.question).toBe('The review of phase 1 left 1 gap open. Is that all?');
    run.accept({ kind: 'reject', gateId: 'r1-g1', comment: 'No.' });
    expect(run.task('review-phase-1').block?.output).toBe('major: a gap\nblocker: No.');
    run.accept({ kind: 'retry', taskId: run.task('review-phase-1').id });
    run.toRest();
    expect(run.state.gates['r1-g2']?.status).toBe('open');
  });
});

describe('the validator', () => {
  it('that says stop blocks the run with its report, and a retry asks another one', () => {
    let isGood = false;
    const run = new SimulatedRun({
      script: {
        validator: () => says(`The phases overlap.\n\nVALIDATION_STATUS: ${isGood ? 'Pass' : 'Stop'}`),
      },
    }).toRest();
    const task = run.task('validate-design');
    expect(task.block).toMatchObject({
      code: 'validation_stopped',
      output: 'The phases overlap.',
    });
    isGood = true;
    run.accept({ kind: 'retry', taskId: task.id });
    run.toRest();
    expect(run.attempt('validate-design').predecessor).toBeNull();
    expect(run.status).toBe('complete');
  });

  it('that says stop may be overruled', () => {
    const run = new SimulatedRun({
      script: { validator: () => says('VALIDATION_STATUS: Stop') },
    }).toRest();
    run.accept({ kind: 'skip', taskId: run.task('validate-design').id, reason: 'I know better' });
    expect(run.toRest().status).toBe('complete');
  });
});
