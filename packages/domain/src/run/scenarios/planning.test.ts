import { describe, expect, it } from 'vitest';
import { failedTurn, plans, planText, reports, says } from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const NO_MODEL = (tip: string): string => planText('1', tip, [{}]).replace('**Model:** haiku\n', '');

describe('a plan', () => {
  it('becomes tasks below the execution of its phase, with their dependencies', () => {
    const run = new SimulatedRun({ plans: { 1: [{ review: 'spec' }, { dependsOn: [1] }] } });
    run.until(() => run.task('plan-phase-1').status === 'completed');
    const [first, second] = [run.phaseTask('1', 1), run.phaseTask('1', 2)];
    const [plan, execute] = [run.task('plan-phase-1'), run.task('execute-phase-1')];
    expect(first).toMatchObject({
      kind: 'phase-task',
      title: 'Do part 1',
      phase: '1',
      parentId: execute.id,
      teamId: run.state.phases[0]?.teamId,
      dependsOn: [plan.id],
      spec: { review: 'spec', model: 'haiku', files: ['src/1/1.ts'] },
    });
    expect(second.dependsOn).toEqual([plan.id, first.id]);
    expect(plan.result).toEqual({ kind: 'planned', document: 'document-0', tasks: 2 });
    expect(run.documents[0]).toContain('# Phase 1 plan');
  });

  it('that fails the lint goes back to the planner once, with lines in their order', () => {
    const run = new SimulatedRun({
      script: {
        planner: ({ turn, attempt }) =>
          turn === 1
            ? plans(`${NO_MODEL(attempt.startCommit)}\n\n### Task 3: Other\n\n**Review:** maybe`)
            : undefined,
      },
    });
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    const { reason, message } = run.eventsOf('attempt.returned')[0]?.data ?? {};
    expect(reason).toBe('lint');
    const lines = [...(message ?? '').matchAll(/^- line (\d+): /gm)].map((match) => Number(match[1]));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(run.toRest().status).toBe('complete');
  });

  it('that fails the lint again is bad output, which has one retry, and then blocks', () => {
    const run = new SimulatedRun({
      script: { planner: ({ attempt }) => plans(NO_MODEL(attempt.startCommit)) },
    }).toRest();
    expect(run.eventsOf('attempt.returned').map((event) => event.data.reason)).toEqual(['lint', 'lint']);
    expect(run.attempts('plan-phase-1').map((attempt) => attempt.failure?.kind)).toEqual([
      'bad_output',
      'bad_output',
    ]);
    expect(run.task('plan-phase-1')).toMatchObject({
      status: 'blocked',
      block: { code: 'retries_spent' },
      retries: { failure: 0, output: 1, lost: 0 },
    });
    expect(run.task('plan-phase-1').block?.message).toContain('names no model');
  });

  it('that is no plan at all goes back with that', () => {
    const run = new SimulatedRun({
      script: { planner: ({ turn }) => (turn === 1 ? plans('Just do it.') : undefined) },
    });
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain('- This is no plan');
  });

  it('may be sent back for its form and for its lint, once each', () => {
    const run = new SimulatedRun({
      script: {
        planner: ({ turn, attempt }) => {
          if (turn === 1) return says('Here it is.');
          return turn === 2 ? plans(NO_MODEL(attempt.startCommit)) : undefined;
        },
      },
    }).toRest();
    expect(run.eventsOf('attempt.returned').map((event) => event.data.reason)).toEqual(['format', 'lint']);
    expect(run.status).toBe('complete');
  });

  it('may be reported before the turn ends, and counts although the agent crashed after it', () => {
    const run = new SimulatedRun({
      script: {
        planner: ({ attempt }) =>
          reports(
            { kind: 'plan', markdown: planText('1', attempt.startCommit, [{}, {}]) },
            failedTurn('crash'),
          ),
      },
    }).toRest();
    expect(run.task('plan-phase-1').result).toMatchObject({ document: 'document-0', tasks: 2 });
    expect(run.status).toBe('complete');
  });

  it('reported with the tool wins over another in the final word, together with its document', () => {
    const run = new SimulatedRun({
      script: {
        planner: ({ attempt }) => {
          const text = (tasks: number): string =>
            planText(
              '1',
              attempt.startCommit,
              Array.from({ length: tasks }, () => ({})),
            );
          return reports(
            { kind: 'plan', markdown: text(2) },
            {
              kind: 'completed',
              report: { kind: 'plan', markdown: text(1) },
              finalMessage: '',
              usage: null,
            },
          );
        },
      },
    });
    run.until(() => run.task('plan-phase-1').status === 'completed');
    const { document } = run.state.phases[0]?.plan ?? {};
    expect(run.documents[Number(document?.replace('document-', ''))]).toContain('Task 2');
    expect(run.state.phases[0]?.plan?.tasks.length).toBe(2);
  });

  it('without its text is refused, so that it can be said again', () => {
    const run = new SimulatedRun();
    run.untilRunning('plan-phase-1');
    const { id, epoch } = run.attempt('plan-phase-1');
    const base = { attemptId: id, epoch } as const;
    const report = { kind: 'plan', markdown: planText('1', run.state.tip ?? '', [{}]) } as const;
    expect(run.refusal({ kind: 'report', ...base, report, document: null })).toBe('plan_missing');
    const outcome = { kind: 'completed', report, finalMessage: '', usage: null } as const;
    const endTurn = {
      kind: 'end-turn',
      ...base,
      turn: 1,
      outcome,
      document: null,
      reportedPlan: null,
    } as const;
    expect(run.refusal(endTurn)).toBe('plan_missing');
    run.accept({ kind: 'report', ...base, report, document: 'd1' });
    expect(run.refusal(endTurn)).toBe('plan_missing');
    run.accept({ ...endTurn, reportedPlan: report.markdown });
    expect(run.task('plan-phase-1').waitsFor?.kind).toBe('attempt');
    expect(run.toRest().status).toBe('complete');
  });

  it('waits for a person where the policy says so; a rejection goes back to a planner with the comment', () => {
    const run = new SimulatedRun({ policy: { gates: { plan: true, review: false } } }).toRest();
    const gate = Object.values(run.state.gates)[0];
    expect(gate).toMatchObject({ kind: 'plan', status: 'open', taskId: run.task('plan-phase-1').id });
    expect(run.status).toBe('planning');
    run.accept({ kind: 'reject', gateId: gate?.id ?? '', comment: 'Smaller, please.' });
    expect(run.task('plan-phase-1')).toMatchObject({
      status: 'in_progress',
      step: 'plan',
      comment: 'Smaller, please.',
    });
    run.toRest();
    expect(run.attempts('plan-phase-1').length).toBe(2);
    expect(run.attempt('plan-phase-1').predecessor).toBeNull();
    const again = Object.values(run.state.gates)[1];
    run.accept({ kind: 'approve', gateId: again?.id ?? '', comment: 'Now it is.' });
    expect(run.task('plan-phase-1').comment).toBeNull();
    expect(run.toRest().status).toBe('complete');
    expect(Object.values(run.state.gates).map((each) => each.status)).toEqual(['rejected', 'approved']);
  });
});
