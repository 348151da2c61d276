import { afterEach, describe, expect, test } from 'vitest';
import type { GateView, TaskDetailView, UsageView } from '@tina/contract';
import {
  designOf,
  entry,
  eventsOf,
  planOf,
  runOf,
  Sandbox,
  scriptOf,
  start,
  taskOf,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const USAGE =
  'usage: { inputTokens: 1000, outputTokens: 500, cacheReadTokens: 20000, cacheWriteTokens: 100 }';
const COST =
  'usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0.40 }';
const PRICES = 'prices: { tiny: { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 2 } }\n';
const ONE_TASK = planOf('{ title: one, files: [a.txt] }');
const TASK = 'phase-1-task-1';

/** A run of one phase whose agents tell what they used, each in its one turn. */
async function startTelling(told: string, config: string, ...flags: readonly string[]): Promise<void> {
  const script = scriptOf(
    entry('role: validator', told, 'report: { kind: validation, status: pass, text: sound }'),
    entry('role: planner', told, ONE_TASK),
    entry('role: implementer', told, ...workOn('a.txt')),
    entry('role: reviewer', told, 'report: { kind: review, verdict: pass, summary: good }'),
  );
  sandbox = await Sandbox.create({ script, config });
  await start(sandbox, designOf('Only'), ...flags);
}

async function untilBudgetGate(): Promise<GateView> {
  let gate: GateView | undefined;
  await until('a budget is used up', async () => {
    gate = (await runOf(sandbox)).gates.find(({ kind }) => kind === 'budget');
    return gate !== undefined;
  });
  return gate as GateView;
}

describe('G32 a budget', () => {
  test('of cost stops the run once it is used up, asks, takes what a person adds, and adds up to the token', async () => {
    await startTelling(USAGE, PRICES, '--model', 'tiny', '--budget-cost', '0.012');
    const gate = await untilBudgetGate();
    // A turn costs 0.0082: the second one goes over, and is the last.
    expect(gate).toMatchObject({
      question: 'The run has used $0.0164 of $0.0120. May it use more?',
      budget: { scope: 'run', measure: 'cost', used: 0.0164, limit: 0.012, isMet: true },
    });
    expect((await sandbox.tina('status', 'sample')).stdout).toContain(`tina approve ${gate.id}`);
    expect((await taskOf(sandbox, TASK)).allAttempts).toEqual([]);

    const little = await sandbox.tina('approve', gate.id, '--add', '0.001');
    expect([little.code, little.stderr]).toEqual([1, expect.stringContaining('not enough')]);
    const nonsense = await sandbox.tina('approve', gate.id, '--add', 'much');
    expect([nonsense.code, nonsense.stderr]).toEqual([1, expect.stringContaining('US dollars such as 5')]);
    expect((await sandbox.tina('approve', gate.id, '--add', '5')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);

    const usage = await sandbox.json<UsageView>('usage', 'sample', '--by', 'role');
    expect(usage.rows.map(({ key, turns, tokens }) => [key, turns, tokens.known])).toEqual(
      ['validator', 'planner', 'implementer', 'reviewer'].map((role) => [role, 1, 21_600]),
    );
    expect(usage.total).toMatchObject({
      turns: 4,
      inputTokens: { known: 4_000, isAtLeast: false },
      cacheReadTokens: { known: 80_000, isAtLeast: false },
      cacheWriteTokens: { known: 400, isAtLeast: false },
      outputTokens: { known: 2_000, isAtLeast: false },
      tokens: { known: 86_400, isAtLeast: false },
      costToldUsd: { known: null, isAtLeast: true },
      costReckonedUsd: { known: 0.0328, isAtLeast: false },
      costUsd: { known: 0.0328, isAtLeast: false },
    });
    const shown = (await sandbox.tina('usage', 'sample', '--by', 'phase')).stdout;
    expect(shown).toContain('~$0.0328');
    expect(shown).toContain('by the price table: $0.0328');
    expect((await sandbox.tina('verify', 'sample')).code).toBe(0);
  });

  test('that is refused more blocks its scope with the reason, and asks anew when that is retried', async () => {
    await startTelling(COST, 'budgets: { phase: { cost: 0.4 } }\n');
    const gate = await untilBudgetGate();
    expect(gate.question).toBe('Phase 1 has used $0.4000 of $0.4000. May it use more?');
    expect((await sandbox.tina('reject', gate.id, '--comment', 'too dear')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(1);
    expect((await runOf(sandbox)).blocked).toMatchObject([
      {
        taskName: TASK,
        code: 'budget_spent',
        message: expect.stringContaining('gets no more: too dear') as string,
      },
    ]);
    await sandbox.tina('retry', `sample/${TASK}`);
    const again = await untilBudgetGate();
    await sandbox.tina('approve', again.id, '--add', '2');
    expect(await sandbox.wait('sample')).toBe(0);
    // What its agents tell is what counts; nobody knows a price here.
    expect((await sandbox.json<UsageView>('usage', 'sample')).total.costUsd).toEqual({
      known: 1.6,
      isAtLeast: false,
    });
  });

  test('of time ends the turn of an attempt, keeps its work, and asks before the next', async () => {
    const script = scriptOf(
      entry('role: planner', ONE_TASK),
      entry('role: implementer, attempt: 1', 'write: { path: a.txt, content: half }', 'hang: {}'),
      entry('role: implementer', ...workOn('a.txt')),
    );
    const config = 'budgets: { attempt: { wall: 2s } }\n';
    sandbox = await Sandbox.create({ script, config });
    await start(sandbox, designOf('Only'));
    const gate = await untilBudgetGate();
    expect(gate.question).toContain(`of ${TASK} has worked 2s of 2s`);
    const [attempt] = (await sandbox.json<TaskDetailView>('task', `sample/${TASK}`)).allAttempts;
    expect(attempt).toMatchObject({ status: 'failed', failure: { kind: 'budget' } });
    expect(await sandbox.git('show', `${attempt?.rescueRef ?? ''}:a.txt`)).toBe('half');
    await sandbox.tina('approve', gate.id, '--add', '10m');
    expect(await sandbox.wait('sample')).toBe(0);
    // The turn that was cut off is counted, and what it used is unknown.
    const { total } = await sandbox.json<UsageView>('usage', 'sample');
    expect(total).toMatchObject({ turns: 5, tokens: { known: null, isAtLeast: true } });
  });
});

test('G15 a service that is overloaded is waited for longer each time, in the same conversation, and uses up no retry', async () => {
  const script = scriptOf(
    entry('role: planner', ONE_TASK),
    entry('role: implementer, turn: 1', 'overload: {}'),
    entry('role: implementer, turn: 2', 'network: {}'),
    entry('role: implementer, turn: 3', ...workOn('a.txt')),
  );
  const config = 'retries: { backoff: 50ms, overload: { first: 100ms, cap: 300ms } }\n';
  sandbox = await Sandbox.create({ script, config });
  await start(sandbox, designOf('Only'));
  expect(await sandbox.wait('sample')).toBe(0);
  const parked = (await eventsOf(sandbox)).filter(({ type }) => type === 'attempt.parked');
  expect(parked.map(({ at, data }) => [data['backoff'], Number(data['until']) - at])).toEqual([
    [{ kind: 'overload', number: 1, of: 5 }, 100],
    [{ kind: 'network', number: 2, of: 5 }, 300],
  ]);
  expect((await taskOf(sandbox, TASK)).allAttempts.map(({ status, turn }) => [status, turn])).toEqual([
    ['succeeded', 3],
  ]);
});

test.each([
  ['prices: { m: { input: -1, output: 2 } }\n', 'prices.m.input must be at least 0'],
  ['prices: { m: { input: 1, output: 2, cache: 1 } }\n', 'prices.m.cache is not a setting'],
  ['budgets: { run: { cost: lots } }\n', 'budgets.run.cost must be US dollars such as 5 or 2.50'],
  ['budgets: { run: { turns: 0 } }\n', 'budgets.run.turns must be a number of turns such as 5'],
  ['budgets: { warnAt: 120% }\n', 'budgets.warnAt must be a part of the budget such as 80%'],
])('G31 nonsense in prices and budgets is refused before anything is spent: %s', async (config, message) => {
  const files = { 'design.md': designOf('Only') };
  sandbox = await Sandbox.create({ script: scriptOf(entry('role: planner', ONE_TASK)), config, files });
  const { code, stderr } = await sandbox.tina('orchestrate', 'design.md', '--detach');
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(await sandbox.json<readonly unknown[]>('runs')).toEqual([]);
});
