import { describe, expect, it } from 'vitest';
import { ends, fails, gives, passes } from '../simulation/behaviour.test-support.ts';
import { ROUTING } from '../simulation/simulation-options.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const by = (agent: string, model: string | null = null) => ({ agent, model });
const HOUR = 3_600_000;

/** Who was asked for what, in this order, and why. */
function asked(run: SimulatedRun): readonly string[] {
  return run.eventsOf('attempt.requested').map(({ data }) => {
    const { role, agent, model, because = 'default' } = data;
    return [role, agent, model ?? '-', `(${because})`].join(' ');
  });
}

describe('the work of a run', () => {
  it('goes to the agents and models that its roles, phases and tags name', () => {
    const run = new SimulatedRun({
      phases: 2,
      plans: { 1: [{ tags: 'ui' }, {}] },
      policy: {
        routing: {
          ...ROUTING,
          roles: { planner: by('claude', 'opus'), reviewer: by('codex', 'gpt') },
          tags: { ui: by('gemini') },
          phases: { '2': by('claude', 'sonnet') },
        },
      },
    }).toRest();
    expect(run.status).toBe('complete');
    expect(asked(run)).toEqual([
      'validator scripted - (default)',
      'planner claude opus (role planner)',
      'implementer gemini haiku (tag ui; model: the plan)',
      'implementer scripted haiku (default; model: the plan)',
      'reviewer codex gpt (role reviewer)',
      'planner claude sonnet (phase 2)',
      'implementer claude sonnet (phase 2)',
      'reviewer claude sonnet (phase 2)',
    ]);
    expect(run.attempt('phase-1-task-1')).toMatchObject({
      agent: 'gemini',
      because: 'tag ui; model: the plan',
    });
  });
});

describe('G15 an attempt that meets a limit', () => {
  it('gives way at once to the fall-back, which is told of it, and uses up no retry', () => {
    const run = new SimulatedRun({
      policy: { routing: { ...ROUTING, roles: { planner: by('claude') }, fallback: [by('codex', 'gpt')] } },
      script: {
        planner: ({ attempt }) => (attempt.agent === 'claude' ? fails('limit', run.now + HOUR) : undefined),
      },
    });
    const began = run.now;
    run.toRest();
    expect(run.status).toBe('complete');
    const [first, second] = run.attempts('plan-phase-1');
    expect(first).toMatchObject({
      status: 'failed',
      failure: { kind: 'limit', message: 'claude has met its limit; codex (gpt) takes over.' },
    });
    expect(first?.limitedUntil).toBeGreaterThanOrEqual(began + HOUR);
    expect(second).toMatchObject({
      agent: 'codex',
      model: 'gpt',
      because: 'claude has met its limit',
      predecessor: first?.id,
      status: 'succeeded',
    });
    expect(run.task('plan-phase-1').retries).toEqual({ failure: 0, output: 0, lost: 0 });
    expect(run.eventsOf('retry.scheduled').map(({ data }) => [data.cause, data.dueAt])).toEqual([
      ['limit', null],
    ]);
    expect(run.now - began).toBeLessThan(HOUR);
    expect(run.timers.size).toBe(0);
  });

  it('parks where the fall-back has met one as well; whoever comes later begins where there is none', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, {}] },
      policy: { routing: { ...ROUTING, fallback: [by('codex')] }, parallelAgents: 1 },
      script: {
        implementer: ({ attempt, task, turn }) => {
          if (task.spec?.number !== 1 || turn > 1) return undefined;
          return fails('limit', run.now + (attempt.agent === 'codex' ? HOUR : 2 * HOUR));
        },
      },
    });
    run.untilRunning('phase-1-task-2');
    expect(run.attempts('phase-1-task-1').map(({ agent, status }) => [agent, status])).toEqual([
      ['scripted', 'failed'],
      ['codex', 'parked'],
    ]);
    // Both have met a limit: the one that would do it anyhow.
    expect(run.attempt('phase-1-task-2')).toMatchObject({ agent: 'scripted', model: 'haiku' });
    expect(run.toRest().status).toBe('complete');
    expect(run.attempt('phase-1-task-1')).toMatchObject({ agent: 'codex', turn: 2, status: 'succeeded' });
  });

  it('waits while the run is paused, and for a service that does not serve it is not moved', () => {
    const routing = { ...ROUTING, fallback: [by('codex')] };
    const run = new SimulatedRun({
      policy: { routing },
      script: {
        validator: ({ attempt }) =>
          attempt.agent === 'scripted' ? fails('limit', run.now + HOUR) : gives('pass'),
        planner: ({ turn }) => (turn === 1 ? fails('overload') : undefined),
      },
    });
    run.untilRunning('validate-design');
    run.accept({ kind: 'pause', now: false });
    run.until(() => run.attempt('validate-design').status === 'parked');
    expect(run.attempts('validate-design')).toHaveLength(1);
    run.accept({ kind: 'resume' });
    expect(run.attempt('validate-design').failure?.kind).toBe('limit');
    expect(run.toRest().status).toBe('complete');
    expect(run.attempts('plan-phase-1')).toMatchObject([{ turn: 2, agent: 'codex' }]);
  });
});

describe('reviewers that must differ from authors', () => {
  const roles = { implementer: by('claude', 'opus'), reviewer: by('claude', 'opus') };

  it('do, by the fall-back; who has done none of the phase may be any', () => {
    const run = new SimulatedRun({
      plans: { 1: [{ review: 'spec' }] },
      policy: { routing: { ...ROUTING, roles, fallback: [by('codex')], reviewersDiffer: true } },
    }).toRest();
    expect(run.status).toBe('complete');
    expect(asked(run).slice(2)).toEqual([
      'implementer claude opus (role implementer)',
      'spec-reviewer scripted - (default)',
      'reviewer codex - (claude (opus) is the author of what is reviewed)',
    ]);
  });

  it('block the review where every one of them has done some of the work', () => {
    const run = new SimulatedRun({
      plans: { 1: [{ tags: 'ui' }, {}] },
      policy: {
        taskReview: 'none',
        routing: {
          ...ROUTING,
          reviewersDiffer: true,
          roles: { ...roles, 'spec-reviewer': by('codex'), 'quality-reviewer': by('codex') },
          tags: { ui: by('codex') },
        },
      },
      script: { reviewer: () => passes(), resolver: () => ends({ kind: 'work', summary: '' }) },
    }).toRest();
    expect(run.status).toBe('blocked');
    expect(run.task('review-phase-1').block).toMatchObject({
      code: 'no_other_reviewer',
      message: expect.stringContaining('routing.reviewersDiffer') as string,
    });
    expect(run.task('review-phase-1').block?.next).toContain(`tina retry ${run.task('review-phase-1').id}`);
  });
});
