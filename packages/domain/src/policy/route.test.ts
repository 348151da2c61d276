import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOwnReview } from './find-own-review.ts';
import { isReviewOfWork, ROLES } from './role.ts';
import { reachableAgents, route, type RouteRequest, type RoutesOf } from './route.ts';
import type { Route, RoutingPolicy } from './routing-policy.ts';

const NOTHING: RoutingPolicy = {
  agentOverride: null,
  roles: {},
  models: {},
  phases: {},
  tags: {},
  fallback: [],
  reviewersDiffer: false,
};

const by = (agent: string | null, model: string | null = null) => ({ agent, model });
const to = (agent: string, model: string | null = null): Route => ({ agent, model });

function policy(routing: Partial<RoutingPolicy> = {}, modelOverride: string | null = null) {
  return { agent: 'base', modelOverride, routing: { ...NOTHING, ...routing } };
}

const WORK: RouteRequest = {
  role: 'implementer',
  phase: '2',
  task: { model: 'haiku', tags: ['slow', 'ui'] },
  authors: [],
  limited: [],
};
const REVIEW: RouteRequest = { ...WORK, role: 'reviewer', task: null };

describe('who does the work', () => {
  const all = {
    models: { haiku: 'by-model' },
    roles: { implementer: by('by-role', 'r') },
    phases: { '2': by('by-phase', 'p') },
    tags: { ui: by('by-tag', 't') },
  };

  it('is said by the command line, a tag, the phase, the role, the model of the plan, or the default, in this order', () => {
    const { tags, phases, roles, models } = all;
    const routes = [
      route(policy({ ...all, agentOverride: 'mine' }, 'm'), WORK),
      route(policy({ tags, phases, roles, models }), WORK),
      route(policy({ phases, roles, models }), WORK),
      route(policy({ roles, models }), WORK),
      route(policy({ models }), WORK),
      route(policy(), { ...WORK, task: null }),
      route({ agent: 'base', modelOverride: null }, WORK),
    ];
    expect(routes).toEqual([
      { ...to('mine', 'm'), because: 'the command line' },
      { ...to('by-tag', 't'), because: 'tag ui' },
      { ...to('by-phase', 'p'), because: 'phase 2' },
      { ...to('by-role', 'r'), because: 'role implementer' },
      { ...to('by-model', 'haiku'), because: 'the plan' },
      { ...to('base'), because: 'default' },
      { ...to('base', 'haiku'), because: 'default; model: the plan' },
    ]);
  });

  it('is the default alone where the policy has no routes', () => {
    expect(reachableAgents({ agent: 'base', modelOverride: null })).toEqual(['base']);
    expect(reachableAgents(policy({ ...all, agentOverride: 'mine', fallback: [to('spare')] }))).toEqual([
      'mine',
      'spare',
    ]);
  });

  it('never has the model of another agent', () => {
    const roles = { implementer: by('codex') };
    expect(route(policy({ roles, models: { haiku: 'claude' } }), WORK)).toMatchObject(to('codex'));
    expect(route(policy({ roles }), WORK)).toMatchObject(to('codex', 'haiku'));
    const named = { tags: { ui: by('gemini') }, roles: { implementer: by('codex', 'gpt') } };
    expect(route(policy({ ...named, models: { haiku: 'claude' } }), WORK)).toMatchObject(to('gemini'));
  });

  it('is the agent that the policy gives a model to, where a setting names the model alone', () => {
    const models = { 'gpt-5*': 'codex', 'gpt-5-mini': 'small', 'gpt-*': 'other', '*': 'rest' };
    const agentOf = (model: string) =>
      route(policy({ models, roles: { reviewer: by(null, model) } }), REVIEW)?.agent;
    expect(['gpt-5-mini', 'gpt-5.3', 'gpt-4', 'gemini', 'constructor'].map(agentOf)).toEqual([
      'small',
      'codex',
      'other',
      'rest',
      'rest',
    ]);
    expect(route(policy({ models: { opus: 'claude' } }, 'opus'), REVIEW)).toMatchObject(to('claude', 'opus'));
    expect(route(policy({ roles: { reviewer: by(null, 'opus') } }), REVIEW)).toMatchObject(
      to('base', 'opus'),
    );
  });

  it('is the same in the remediations of a phase, unless they have a setting of their own', () => {
    const phases = { '2': by('two'), '2.5': by('two-five') };
    const agents = ['2', '2.5', '2.5.5', '3', null].map(
      (phase) => route(policy({ phases }), { ...WORK, phase })?.agent,
    );
    expect(agents).toEqual(['two', 'two-five', 'two', 'base', 'base']);
  });

  it('is not decided for reviewers by what the plan says of the task', () => {
    const routing = { tags: { ui: by('ui') }, models: { haiku: 'small' } };
    expect(route(policy(routing), { ...WORK, role: 'spec-reviewer' })).toMatchObject(to('base'));
    expect(route(policy(routing), { ...WORK, role: 'resolver' })).toMatchObject(to('ui'));
  });

  it('knows no tag by the name of what every object has', () => {
    const task = { model: null, tags: ['constructor', 'toString'] };
    expect(route(policy({ tags: {} }), { ...WORK, task })).toMatchObject(to('base'));
  });
});

describe('G15 whoever has met a limit', () => {
  const fallback = [to('claude', 'opus'), to('codex')];
  const roles = { implementer: by('claude', 'opus') };

  it('gives way to the first that has not', () => {
    const limited = [to('claude', 'opus')];
    expect(route(policy({ roles, fallback }), { ...WORK, limited })).toEqual({
      ...to('codex'),
      because: 'claude (opus) has met its limit',
    });
    expect(route(policy({ roles, fallback: [to('claude', 'haiku')] }), { ...WORK, limited })).toMatchObject(
      to('claude', 'haiku'),
    );
  });

  it('stays where all have met one, or there is no other', () => {
    const limited = [to('claude', 'opus'), to('codex')];
    expect(route(policy({ roles, fallback }), { ...WORK, limited })).toMatchObject(to('claude', 'opus'));
    expect(route(policy({ roles }), { ...WORK, limited })).toMatchObject(to('claude', 'opus'));
  });
});

describe('reviewers that must differ', () => {
  const author = to('claude', 'opus');
  const request = { ...REVIEW, authors: [author] };
  const same = { reviewersDiffer: true, roles: { reviewer: by('claude', 'opus') } };

  it('are the first fall-back, or reviewer of another kind, that did none of the work', () => {
    expect(route(policy({ ...same, fallback: [author, to('claude'), to('codex')] }), request)).toEqual({
      ...to('codex'),
      because: 'claude (opus) is the author of what is reviewed',
    });
    const roles = { ...same.roles, 'quality-reviewer': by('gemini'), 'spec-reviewer': by('claude', 'opus') };
    expect(route(policy({ ...same, roles }), request)).toMatchObject(to('gemini'));
  });

  it('may use the same agent with another model, and not with one that nobody named', () => {
    const opus = by('claude', 'opus');
    const reviewedBy = (model: string | null) => ({
      ...same,
      roles: { 'spec-reviewer': opus, 'quality-reviewer': opus, reviewer: by('claude', model) },
    });
    expect(route(policy(reviewedBy('haiku')), request)).toMatchObject(to('claude', 'haiku'));
    expect(route(policy(reviewedBy(null)), request)).toBeNull();
  });

  it('are none where there is no other, and nobody else is held to it', () => {
    const everyone = policy({ reviewersDiffer: true, agentOverride: 'claude' }, 'opus');
    expect(route(everyone, request)).toBeNull();
    expect(route(everyone, { ...WORK, authors: [author] })).toMatchObject(author);
    expect(route(policy({ agentOverride: 'claude' }, 'opus'), request)).toMatchObject(author);
  });

  const design = { knownModels: ['haiku', 'opus'], taskReview: 'plan' as const };
  it('are found to be missing before anything begins, for whoever may come to do the work', () => {
    const reviewedBy = (model: string) =>
      policy({
        reviewersDiffer: true,
        roles: {
          reviewer: by(null, model),
          'spec-reviewer': by(null, model),
          'quality-reviewer': by(null, model),
        },
      });
    expect(findOwnReview({ ...reviewedBy('opus'), ...design }, ['1'])).toEqual({
      phase: '1',
      role: 'spec-reviewer',
      author: to('base', 'opus'),
    });
    expect(findOwnReview({ ...reviewedBy('opus'), ...design, taskReview: 'none' }, ['1'])?.role).toBe(
      'reviewer',
    );
    expect(findOwnReview({ ...reviewedBy('sonnet'), ...design }, ['1'])).toBeNull();
    expect(
      findOwnReview({ ...reviewedBy('sonnet'), ...design, knownModels: [] }, ['1'])?.author.model,
    ).toBeNull();
    const byTag = { ...reviewedBy('sonnet').routing, tags: { ui: by(null, 'sonnet') } };
    expect(findOwnReview({ ...policy(byTag), ...design }, ['1'])?.author).toMatchObject(to('base', 'sonnet'));
    const byPhase = { ...reviewedBy('sonnet').routing, phases: { '2': by('one', 'x') } };
    expect(findOwnReview({ ...policy(byPhase), ...design }, ['1', '2'])).toMatchObject({ phase: '2' });
    expect(findOwnReview({ agent: 'base', modelOverride: 'x', ...design }, ['1', '2'])).toBeNull();
  });
});

const name = fc.constantFrom('a', 'b', 'c');
const model = fc.constantFrom('x', 'y', 'xy');
const rule = fc.record({ agent: fc.option(name), model: fc.option(model) });
const place = fc.record({ agent: name, model: fc.option(model) });
const anyPolicy: fc.Arbitrary<RoutesOf> = fc.record({
  agent: name,
  modelOverride: fc.option(model, { freq: 4 }),
  routing: fc.record({
    agentOverride: fc.option(name, { freq: 4 }),
    roles: fc.dictionary(fc.constantFrom(...ROLES), rule),
    models: fc.dictionary(fc.constantFrom('x', 'x*', '*', 'y'), name),
    phases: fc.dictionary(fc.constantFrom('1', '2', '2.5'), rule),
    tags: fc.dictionary(fc.constantFrom('ui', 'slow'), rule),
    fallback: fc.array(place, { maxLength: 3 }),
    reviewersDiffer: fc.boolean(),
  }),
});
const anyRequest: fc.Arbitrary<RouteRequest> = fc.record({
  role: fc.constantFrom(...ROLES),
  phase: fc.option(fc.constantFrom('1', '2', '2.5', '2.5.5')),
  task: fc.option(
    fc.record({ model: fc.option(model), tags: fc.array(fc.constantFrom('ui', 'slow', 'other')) }),
  ),
  authors: fc.array(place, { maxLength: 2 }),
  limited: fc.array(place, { maxLength: 3 }),
});

/** Whether a reviewer of its own work is barred from this. */
const isBarring = (routes: RoutesOf, { role }: RouteRequest): boolean =>
  routes.routing?.reviewersDiffer === true && isReviewOfWork(role);

const isAmong = (many: readonly Route[], { agent, model: of }: Route): boolean =>
  many.some((one) => one.agent === agent && one.model === of);

describe('whatever the policy says', () => {
  it('the agent is one that was looked at before the run, and no author where reviewers must differ', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, (routes, request) => {
        const routed = route(routes, request);
        if (routed === null) return isBarring(routes, request);
        const isOwn = isBarring(routes, request) && isAmong(request.authors, routed);
        return reachableAgents(routes).includes(routed.agent) && routed.because !== '' && !isOwn;
      }),
    );
  });

  it('the command line is heard by all who meet no limit and review no work of their own', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, (routes, request) => {
        const { agentOverride = null } = routes.routing ?? {};
        const routed = route(routes, { ...request, authors: [], limited: [] });
        if (agentOverride !== null) return routed?.agent === agentOverride;
        return routes.modelOverride === null || routed?.model === routes.modelOverride;
      }),
    );
  });

  it('nobody who has met a limit is taken while a fall-back has not', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, (routes, request) => {
        const routed = route(routes, { ...request, authors: [] });
        if (routed === null || !isAmong(request.limited, routed)) return true;
        return (routes.routing?.fallback ?? []).every((one) => isAmong(request.limited, one));
      }),
    );
  });
});
