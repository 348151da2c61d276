import type { ProcedureInput } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { PROJECT_CONFIG_PATH } from '../testing/fake-machine.test-support.ts';
import { createInput, type Home, openHome, refusalOf } from '../testing/home.test-support.ts';

type Input = Partial<ProcedureInput<'run.create'>>;

const MINE = 'mine: { kind: command, command: [mine] }';
const ACP = 'other: { kind: acp, command: [other] }';

async function homeWith(...lines: readonly string[]): Promise<Home> {
  const home = await openHome();
  home.machine.facts.projectConfig = ['version: 1', ...lines, ''].join('\n');
  return home;
}

async function policyWith(lines: readonly string[], input: Input = {}) {
  const home = await homeWith(...lines);
  const { policy } = await home.state(await home.startRun(input));
  return { ...policy, checked: home.machine.agentChecks.map(({ kind }) => kind) };
}

/** That nothing was begun is looked at as well. */
async function refusedWith(lines: readonly string[], input: Input = {}) {
  const home = await homeWith(...lines);
  const refusal = await refusalOf(home.call('run.create', createInput(input)));
  expect(await home.call('run.list', {})).toEqual([]);
  return refusal;
}

describe('the routes of a run', () => {
  it('are those of the configuration, and every agent that they reach is looked at', async () => {
    const { routing, agent, checked } = await policyWith([
      `agents: { default: mine, ${MINE}, ${ACP} }`,
      'roles: { planner: { agent: claude, model: opus } }',
      'routing:',
      '  models: { gpt-*: codex }',
      '  tags: { ui: { agent: gemini } }',
      '  fallback: [{ agent: opencode, model: x/y }]',
    ]);
    expect(agent).toBe('mine');
    expect(routing).toEqual({
      agentOverride: null,
      roles: { planner: { agent: 'claude', model: 'opus' } },
      models: { 'gpt-*': 'codex', 'x/y': 'opencode' },
      phases: {},
      tags: { ui: { agent: 'gemini', model: null } },
      fallback: [{ agent: 'opencode', model: 'x/y' }],
      reviewersDiffer: false,
    });
    expect(checked.toSorted()).toEqual(['claude', 'codex', 'command', 'gemini', 'opencode']);
  });

  it('give way to the command line, but for those who take over', async () => {
    const routes = ['roles: { planner: { agent: codex } }', 'routing: { fallback: [{ agent: gemini }] }'];
    const all = await policyWith([`agents: { default: claude, ${MINE} }`, ...routes], { agent: 'mine' });
    expect(all).toMatchObject({ agent: 'mine', routing: { agentOverride: 'mine' } });
    expect(all.checked.toSorted()).toEqual(['command', 'gemini']);
  });

  it('need no default where every role has an agent', async () => {
    const roles =
      'roles: { validator: { agent: claude }, planner: { agent: claude }, implementer: { agent: codex }, ' +
      'spec-reviewer: { agent: claude }, quality-reviewer: { agent: claude }, reviewer: { agent: claude }, ' +
      'resolver: { model: gpt-5 } }';
    const { agent } = await policyWith([roles, 'routing: { models: { gpt-5: codex } }']);
    expect(agent).toBe('codex');
    expect((await policyWith(['routing: { models: { gpt-*: codex } }'], { model: 'gpt-5' })).agent).toBe(
      'codex',
    );
  });

  it('know the models that are named, and those that the agents are known to take', async () => {
    const known = async (lines: readonly string[]) => (await policyWith(lines)).knownModels;
    expect(await known(['agents: { default: claude }'])).toEqual(['haiku', 'sonnet', 'opus']);
    expect(await known(['agents: { default: codex }'])).toEqual([]);
    const routes = [
      'agents: { default: codex }',
      'roles: { reviewer: { agent: claude, model: opus }, implementer: { model: gpt-5 } }',
      'routing: { models: { gpt-mini: codex, gpt-*: codex } }',
    ];
    expect(await known(routes)).toEqual(['haiku', 'sonnet', 'opus', 'gpt-5', 'gpt-mini']);
    expect(await known([...routes, 'models: { known: [sonnet] }'])).toEqual([
      'sonnet',
      'opus',
      'gpt-5',
      'gpt-mini',
    ]);
  });

  it('bring a model to an agent that is known to take it, unless the default is', async () => {
    const modelsOf = async (name: string) => {
      const { routing } = await policyWith([
        `agents: { default: ${name} }`,
        'roles: { reviewer: { agent: claude } }',
      ]);
      return routing?.models;
    };
    expect(await modelsOf('codex')).toEqual({ haiku: 'claude', sonnet: 'claude', opus: 'claude' });
    expect(await modelsOf('claude')).toEqual({});
  });

  it('say of which agents no cost will be known', async () => {
    const home = await homeWith(
      'agents: { default: claude }',
      'roles: { reviewer: { agent: codex, model: unheard-of }, planner: { agent: gemini } }',
      'budgets: { run: { cost: 5 } }',
    );
    const { warnings } = await home.call('run.create', createInput());
    expect(warnings.filter((warning) => warning.includes('cost'))).toEqual([
      expect.stringContaining('agent codex tells no cost, and there is no price for unheard-of'),
      expect.stringContaining("agent gemini tells no cost, and there is no price for the agent's own model"),
    ]);
  });
});

describe('G31 routes that cannot be are refused before a run begins', () => {
  it('an agent that is not defined, with its place', async () => {
    const refusal = await refusedWith([
      `agents: { default: mine, ${MINE} }`,
      'routing:',
      '  tags: { ui: { agent: mien } }',
    ]);
    expect(refusal).toMatchObject({
      code: 'config_unknown_agent',
      message: 'routing.tags.ui.agent names "mien", which is not defined; did you mean mine?',
      place: { file: PROJECT_CONFIG_PATH, line: 4, field: 'routing.tags.ui.agent' },
    });
    expect(await refusedWith(['agents: { default: claude }'], { agent: 'cluade' })).toMatchObject({
      code: 'unknown_agent',
      message: expect.stringContaining('did you mean claude?') as string,
    });
  });

  it('roles without an agent, all of them', async () => {
    expect(
      await refusedWith(['roles: { planner: { agent: claude }, reviewer: { model: opus } }']),
    ).toMatchObject({
      code: 'no_agent',
      message:
        'No agent does the work of these roles: validator, implementer, spec-reviewer, quality-reviewer, reviewer, resolver.',
      place: { field: 'roles.validator' },
      next: [expect.stringContaining('agents.default'), expect.stringContaining('--agent')],
    });
  });

  it('an agent of one role that cannot work', async () => {
    const home = await homeWith('agents: { default: claude }', 'roles: { planner: { agent: codex } }');
    const problem = { code: 'x', message: 'Not logged in.', place: null, details: [], next: ['log in'] };
    home.machine.facts.agentProblems = [problem];
    expect(await refusalOf(home.call('run.create', createInput()))).toMatchObject({
      code: 'agent_not_ready',
      details: ['Not logged in.'],
      next: ['log in'],
    });
  });

  it('reviewers who could only look at work of their own', async () => {
    const routing = ['routing:', '  reviewersDiffer: true'];
    expect(await refusedWith(['agents: { default: claude }', ...routing])).toMatchObject({
      code: 'own_review',
      message: expect.stringContaining('claude (haiku) in phase 1 has no spec-reviewer') as string,
      place: { file: PROJECT_CONFIG_PATH, line: 4, field: 'routing.reviewersDiffer' },
      next: [
        expect.stringContaining('spec-reviewer: { agent:'),
        expect.stringContaining('fallback'),
        expect.stringContaining('reviewersDiffer: false'),
      ],
    });
    const overridden = { agent: 'claude', model: 'opus' };
    const roles = 'roles: { reviewer: { agent: codex } }';
    expect(await refusedWith(['agents: { default: claude }', roles, ...routing], overridden)).toMatchObject({
      code: 'own_review',
    });
    const { routing: kept } = await policyWith(['agents: { default: claude }', roles, ...routing]);
    expect(kept?.reviewersDiffer).toBe(true);
  });
});
