import { describe, expect, it } from 'vitest';
import { PRESET_POLICIES } from '../../policy/policy.ts';
import { runTasks } from '../run-status.ts';
import { usageOf } from '../usage.ts';
import { gives, passes } from '../simulation/behaviour.test-support.ts';
import { ROUTING } from '../simulation/simulation-options.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

describe('a run whose agents do well', () => {
  it('has all run tasks from the start, each waiting for the one before', () => {
    const run = new SimulatedRun({ phases: 2 });
    const tasks = runTasks(run.state);
    expect(tasks.map((task) => task.name)).toEqual([
      'validate-design',
      'setup-worktree',
      'plan-phase-1',
      'execute-phase-1',
      'review-phase-1',
      'plan-phase-2',
      'execute-phase-2',
      'review-phase-2',
      'finalize',
    ]);
    expect(tasks.map((task) => task.dependsOn)).toEqual([
      [],
      ...tasks.slice(0, -1).map((before) => [before.id]),
    ]);
    expect(run.state.branch).toBe('tina/mail');
  });

  it('has a team for the run and one for each phase, below it', () => {
    const run = new SimulatedRun({ phases: 2 });
    const teams = Object.values(run.state.teams);
    expect(teams.map(({ name, phase }) => [name, phase])).toEqual([
      ['mail-orchestration', null],
      ['mail-phase-1', '1'],
      ['mail-phase-2', '2'],
    ]);
    const [root, ...others] = teams;
    expect(root?.parentId).toBeNull();
    expect(others.every((team) => team.parentId === root?.id)).toBe(true);
  });

  it('goes through two phases to the merge', () => {
    const run = new SimulatedRun({ phases: 2 });
    const base = run.node.repository.base;
    const seen = [run.status];
    while (run.step()) if (seen.at(-1) !== run.status) seen.push(run.status);
    expect(seen).toEqual([
      'validating',
      'preparing',
      'planning',
      'executing',
      'reviewing',
      'planning',
      'executing',
      'reviewing',
      'finalizing',
      'complete',
    ]);
    expect(Object.values(run.state.tasks).every((task) => task.status === 'completed')).toBe(true);
    expect(run.state.ending).toEqual({
      kind: 'merged',
      commit: run.state.tip,
      baseBranch: 'main',
      checkout: 'updated',
    });
    expect(run.node.repository.base).toBe(run.state.tip);
    expect(run.node.repository.contains(run.node.repository.base, base)).toBe(true);
    run.assertReplay();
  });

  it('leaves nothing behind: no host, job, timer, lease or worktree (G14)', () => {
    const run = new SimulatedRun({ phases: 2, plans: { 1: [{}, {}, {}] } }).toRest();
    expect([run.node.hosts.size, run.queue.size, run.timers.size, run.leases.size]).toEqual([0, 0, 0, 0]);
    expect(run.state.slotsRemoval).toBe('done');
    expect(run.state.slots).toEqual([]);
  });

  it('runs three tasks, two of them in parallel, and merges each before its dependants start (G19)', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}, { dependsOn: [1, 2] }] } });
    run.until(() => run.node.hosts.size === 2);
    expect([run.phaseTask('1', 1), run.phaseTask('1', 2)].map((task) => task.status)).toEqual([
      'in_progress',
      'in_progress',
    ]);
    expect(run.phaseTask('1', 3).status).toBe('pending');
    run.until(() => run.phaseTask('1', 3).status === 'in_progress');
    const { repository } = run.node;
    const start = run.attempt('phase-1-task-3').startCommit;
    expect(start).toBe(run.state.tip);
    for (const number of [1, 2]) {
      const { workCommit, status } = run.phaseTask('1', number);
      expect(status).toBe('completed');
      expect(repository.contains(start, workCommit ?? '')).toBe(true);
    }
    expect(run.toRest().status).toBe('complete');
  });

  it('uses as many slots as it runs agents in parallel, and uses them again', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, {}, {}, {}, {}, {}] },
      policy: { parallelAgents: 2 },
    });
    run.until(() => run.node.hosts.size === 2 && run.queue.size === 0);
    expect(run.state.slots).toEqual([1, 2]);
    run.until(() => run.status === 'complete');
    expect(new Set(run.eventsOf('attempt.requested').map((event) => event.data.slot))).toEqual(
      new Set([1, 2]),
    );
  });

  it('serves the longest chain first', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, {}, {}, { dependsOn: [3] }, { dependsOn: [4] }] },
      policy: { parallelAgents: 1 },
    }).toRest();
    const started = run
      .eventsOf('task.started')
      .map((event) => run.state.tasks[event.data.taskId])
      .filter((task) => task?.kind === 'phase-task');
    // Task 1 and task 2 fill the places that are free while the chain's own work is merged.
    expect(started.map((task) => task?.spec?.number)).toEqual([3, 1, 4, 2, 5]);
  });

  it('goes on with a warning of the validator, and shows it', () => {
    const run = new SimulatedRun({ script: { validator: () => gives('warning') } }).toRest();
    expect(run.status).toBe('complete');
    expect(run.task('validate-design').result).toEqual({
      kind: 'validated',
      status: 'warning',
      text: 'The design gets a warning.',
    });
  });

  it('keeps what agents used', () => {
    const usage = usageOf({ inputTokens: 10, outputTokens: 1, contextTokens: 11, contextWindow: 100 });
    const run = new SimulatedRun({
      script: {
        validator: ({ turn }) => ({
          kind: 'ends',
          outcome: {
            kind: 'completed',
            report: turn < 4 ? null : { kind: 'validation', status: 'pass', text: '' },
            finalMessage: turn === 2 ? 'VALIDATION_STATUS: Pass' : '',
            usage: turn === 1 ? usage : usageOf({ inputTokens: 10, outputTokens: 1, costUsd: 0.5 }),
          },
        }),
      },
    });
    run.until(() => run.task('validate-design').status === 'completed');
    const sum = { inputTokens: 20, outputTokens: 2, costUsd: 0.5, contextTokens: 11, contextWindow: 100 };
    expect(run.attempt('validate-design').usage).toEqual(usageOf(sum));
  });
});

describe('the policies', () => {
  const rolesOf = (run: SimulatedRun): readonly string[] =>
    run.attempts('phase-1-task-1').map((attempt) => attempt.role);
  const plans = { 1: [{ review: 'spec' }] };

  it('fast reviews no task', () => {
    const run = new SimulatedRun({ plans, policy: PRESET_POLICIES.fast }).toRest();
    expect(rolesOf(run)).toEqual(['implementer']);
    expect(run.status).toBe('complete');
  });

  it('balanced reviews tasks as their plan asks', () => {
    const run = new SimulatedRun({
      plans: { 1: [{ review: 'spec' }, { review: 'quality' }, { review: 'none' }, { review: 'full' }] },
      policy: PRESET_POLICIES.balanced,
    }).toRest();
    const reviews = [1, 2, 3, 4].map((number) =>
      run.attempts(`phase-1-task-${number}`).map((attempt) => attempt.role),
    );
    expect(reviews).toEqual([
      ['implementer', 'spec-reviewer'],
      ['implementer', 'quality-reviewer'],
      ['implementer'],
      ['implementer', 'spec-reviewer', 'quality-reviewer'],
    ]);
  });

  it('strict reviews each task twice, and asks a person for the plan and the review', () => {
    const run = new SimulatedRun({ plans, policy: { ...PRESET_POLICIES.strict, finalize: 'ask' } });
    run.toRest();
    expect(run.state.gates['r1-g1']).toMatchObject({ kind: 'plan', status: 'open' });
    run.accept({ kind: 'approve', gateId: 'r1-g1', comment: null });
    run.toRest();
    expect(rolesOf(run)).toEqual(['implementer', 'spec-reviewer', 'quality-reviewer']);
    expect(run.state.gates['r1-g2']).toMatchObject({
      kind: 'review',
      status: 'open',
      question: 'The review of phase 1 passed. Is it good to go on?',
    });
    run.accept({ kind: 'approve', gateId: 'r1-g2', comment: 'Well done.' });
    run.toRest();
    expect(run.state.gates['r1-g3']).toMatchObject({ kind: 'finalize', status: 'open' });
    run.accept({ kind: 'finalize', choice: 'keep' });
    expect(run.toRest().status).toBe('complete');
  });

  it('say which model does what', () => {
    const modelsWith = (policy: object): readonly (string | null)[] =>
      new SimulatedRun({ policy, script: { reviewer: () => passes() } })
        .toRest()
        .eventsOf('attempt.requested')
        .map((event) => event.data.model);
    // In the order validator, planner, implementer, spec reviewer or reviewer.
    expect(modelsWith({ taskReview: 'none' })).toEqual([null, null, 'haiku', null]);
    const opus = { agent: null, model: 'opus' };
    const routing = { ...ROUTING, roles: { planner: opus, resolver: opus } };
    expect(modelsWith({ taskReview: 'none', routing })).toEqual([null, 'opus', 'haiku', null]);
    expect(modelsWith({ taskReview: 'none', modelOverride: 'sonnet' })).toEqual(
      Array.from({ length: 4 }, () => 'sonnet'),
    );
  });
});
