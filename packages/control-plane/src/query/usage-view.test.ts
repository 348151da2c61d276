import type { ParsedInput } from '@tina/contract';
import { type TurnOutcome, usageOf } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { WITH_AGENT } from '../testing/fake-machine.test-support.ts';
import { usualReport } from '../testing/fake-node.test-support.ts';
import { type Home, newKey, openHome, refusalOf } from '../testing/home.test-support.ts';

const TOKENS = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 1_000, cacheWriteTokens: 5 };
const DESIGN = '# A\n\n## Success Metrics\n\n**Goal:** it works.\n\n## Phase 1: One\n\nx\n';

async function home(config: string, told: Parameters<typeof usageOf>[0] = TOKENS): Promise<Home> {
  const opened = await openHome();
  opened.machine.facts.projectConfig = WITH_AGENT + config;
  opened.node.script.turn = (turn): TurnOutcome => {
    const report = usualReport(turn);
    return { kind: 'completed', report, finalMessage: '', usage: usageOf(told) };
  };
  return opened;
}

async function played(
  config: string,
  told: Parameters<typeof usageOf>[0] = TOKENS,
): Promise<readonly [Home, string]> {
  const opened = await home(config, told);
  const run = await opened.startRun({ designText: DESIGN, model: 'mine' });
  await opened.node.work();
  return [opened, run];
}

describe('usage.get', () => {
  it.each<ParsedInput<'usage.get'>['by']>(['attempt', 'task', 'phase', 'role', 'agent', 'model'])(
    'has rows by %s that add up to the sum',
    async (by) => {
      const [opened, run] = await played(
        'prices: { mine: { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 4 } }\n',
      );
      const { rows, total } = await opened.call('usage.get', { run, by });
      const sum = (pick: (row: (typeof rows)[number]) => number): number =>
        rows.reduce((all, row) => all + pick(row), 0);
      expect(sum((row) => row.turns)).toBe(total.turns);
      expect(sum((row) => row.attempts)).toBe(total.attempts);
      for (const kind of [
        'inputTokens',
        'cacheReadTokens',
        'cacheWriteTokens',
        'outputTokens',
        'tokens',
      ] as const)
        expect(sum((row) => row[kind].known ?? 0)).toBe(total[kind].known);
      expect(sum((row) => Math.round((row.costUsd.known ?? 0) * 1e9))).toBe(
        Math.round((total.costUsd.known ?? 0) * 1e9),
      );
      expect(total.costReckonedUsd).toEqual({ known: (total.turns * 420) / 1e6, isAtLeast: false });
      expect(total.costToldUsd).toEqual({ known: null, isAtLeast: true });
    },
  );

  it('G06 says that what no agent tells is unknown, and which model has no price', async () => {
    const [opened, run] = await played('', { inputTokens: 5, contextTokens: 30, contextWindow: 200 });
    const { total, modelsWithoutPrice, rows, pricesAsOf } = await opened.call('usage.get', {
      run,
      by: 'phase',
    });
    expect(total).toMatchObject({
      tokens: { known: 5 * total.turns, isAtLeast: true },
      outputTokens: { known: null, isAtLeast: true },
      costUsd: { known: null, isAtLeast: true },
      context: { tokens: 30, window: 200 },
    });
    expect(modelsWithoutPrice).toEqual(['mine']);
    expect(pricesAsOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(rows.map(({ key, name }) => [key, name])).toEqual([
      [null, 'no phase'],
      ['1', 'phase 1'],
    ]);
  });

  it('counts a turn under way when it ends, and its time from the start', async () => {
    const opened = await home('budgets: { run: { wall: 10m }, attempt: { turns: 9 } }\n');
    opened.node.script.turn = () => null;
    const run = await opened.startRun();
    await opened.node.work();
    opened.clock.advance(60_000);
    const { rows, budgets } = await opened.call('usage.get', { run, by: 'model' });
    expect(rows).toMatchObject([{ key: null, turns: 0, turnsUnderWay: 1, wallMs: 60_000, context: null }]);
    expect(budgets).toMatchObject([
      { scope: 'run', measure: 'wall', used: 60_000, limit: 600_000, isMet: false },
      { scope: expect.stringMatching(/^attempt /) as string, measure: 'turns', used: 0, limit: 9 },
    ]);
  });
});

describe('G32 a budget', () => {
  it('opens a gate that takes an amount in what it counts', async () => {
    const [opened, run] = await played('budgets: { run: { tokens: 2k }, phase: { turns: 99 } }\n');
    const [gate] = (await opened.call('run.get', { run })).gates;
    const id = gate?.id ?? '';
    expect(gate).toMatchObject({
      kind: 'budget',
      budget: { scope: 'run', measure: 'tokens', used: 2_230, limit: 2_000, isMet: true },
      next: [
        `tina approve ${id}`,
        `tina approve ${id} --add 100k`,
        `tina reject ${id} --comment "..."`,
        `tina usage ${run}`,
      ],
    });
    const approve = (add: string) => opened.call('gate.approve', { idempotencyKey: newKey(), gate: id, add });
    expect(await refusalOf(approve('2.5 dollars'))).toMatchObject({ code: 'bad_amount' });
    expect(await refusalOf(approve('10'))).toMatchObject({ code: 'too_little' });
    await approve('1M');
    await opened.node.work();
    expect((await opened.call('usage.get', { run })).budgets[0]?.limit).toBe(1_002_000);
  });

  it('is all that can be added to', async () => {
    const opened = await home('policy: { gates: { plan: true } }\n');
    const run = await opened.startRun();
    await opened.node.work();
    const gate = (await opened.call('run.get', { run })).gates[0]?.id ?? '';
    const refusal = await refusalOf(
      opened.call('gate.approve', { idempotencyKey: newKey(), gate, add: '5' }),
    );
    expect(refusal).toMatchObject({ code: 'no_budget', next: [`tina approve ${gate}`] });
  });

  it('of a run is what its start says, over the configuration', async () => {
    const opened = await home('budgets: { run: { tokens: 2k, turns: 50 }, warnAt: 50% }\n');
    const run = await opened.startRun({ budget: { cost: 3, tokens: 9_000 } });
    const { policy } = await opened.state(run);
    expect(policy.budgets).toEqual({
      attempt: {},
      phase: {},
      run: { tokens: 9_000, turns: 50, cost: 3 },
      warnAt: 0.5,
    });
    // Of the price table, no more than the models that the run may use.
    expect(Object.keys(policy.prices ?? {}).toSorted()).toEqual(['haiku', 'opus', 'sonnet']);
  });

  it.each([
    ['there is no price', {}, /tells no cost.*the agent's own model/],
    ['the model has no price', { model: 'strange' }, /no price for strange/],
  ])('of cost warns at the start where the agent tells none and %s', async (_, input, warning) => {
    const opened = await openHome();
    opened.machine.facts.projectConfig = [
      'version: 1',
      'agents: { default: mine, mine: { kind: command, command: [a] } }',
      'budgets: { run: { cost: 3 } }',
    ].join('\n');
    const create = (more: object) =>
      opened.call('run.create', {
        idempotencyKey: newKey(),
        designPath: '/srv/app/docs/x-design.md',
        designText: DESIGN,
        directory: '/srv/app',
        ...more,
      });
    const { warnings } = await create(input);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    const priced = await create({ model: 'opus', fresh: true, feature: 'other' });
    expect(priced.warnings).toEqual([]);
  });
});
