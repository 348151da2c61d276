import type { UsageRow, UsageView } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { displayWidth } from '../output/display-width.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { makeUsage } from '../testing/views.test-support.ts';
import { budgetText, costText, tokensText, usageLine } from './amount-text.ts';
import { renderUsage } from './render-usage.ts';

const all = (known: number | null, isAtLeast = false) => ({ known, isAtLeast });

function row(name: string, fields: Partial<UsageRow> = {}): UsageRow {
  return { ...makeUsage(), key: name, name, context: null, ...fields };
}

const VIEW: UsageView = {
  runId: 'r1',
  by: 'task',
  asOf: 0,
  pricesAsOf: '2026-11-20',
  modelsWithoutPrice: ['mystery'],
  rows: [
    row('plan-phase-1', {
      turns: 1,
      tokens: all(41_230),
      inputTokens: all(30_000),
      outputTokens: all(11_230),
      costToldUsd: all(0.31),
      costUsd: all(0.31),
      context: { tokens: 41_000, window: 200_000 },
    }),
    row('phase-1-task-1', {
      turns: 3,
      turnsUnderWay: 1,
      wallMs: 3_725_000,
      tokens: all(3_050_000, true),
      cacheReadTokens: all(null, true),
      costToldUsd: all(null, true),
      costReckonedUsd: all(3.1),
      costUsd: all(3.1, true),
    }),
  ],
  total: row('rate-limits', {
    turns: 4,
    tokens: all(3_091_230, true),
    costToldUsd: all(0.31, true),
    costReckonedUsd: all(3.1, true),
    costUsd: all(3.41, true),
  }),
  budgets: [
    { scope: 'run', measure: 'cost', used: 3.41, limit: 5, isMet: false },
    { scope: 'phase 1', measure: 'wall', used: 3_725_000, limit: 3_600_000, isMet: true },
    { scope: 'attempt r1-a2', measure: 'tokens', used: 3_050_000, limit: 4_000_000, isMet: false },
  ],
};

function shown(view: UsageView, width: number | null, unicode = true): string {
  return `\n${renderUsage(view, { width, colour: false, unicode }).join('\n')}\n`;
}

describe('the table of usage', () => {
  it('says what was used, what is unknown, what is reckoned, and how much of the budgets is left', () => {
    expect(shown(VIEW, 100)).toMatchInlineSnapshot(`
      "
      TASK            TURNS  TOKENS  COST     IN   READ     WRITE  OUT    CONTEXT  TOOK
      plan-phase-1    1      41.2k   $0.3100  30k  0        0      11.2k  21%      0s
      phase-1-task-1  3+1    ≥3.05M  ≥~$3.10  0    unknown  0      0               1h02m
      all             4      ≥3.09M  ≥~$3.41  0    0        0      0               0s

      BUDGET                USED
      run cost              $3.41 of $5.00  68%
      phase 1 wall          1h02m of 1h00m  used up
      attempt r1-a2 tokens  3.05M of 4M     76%

      Cost as agents tell it: $0.3100; by the price table: $3.10.
      ~: reckoned from tokens with prices of 2026-11-20.
      Some turns did not tell all that they used: it is at least this much.
      No price is known for mystery: see prices in the configuration.
      "
    `);
  });

  it('has fewer columns where there is less place', () => {
    expect(shown(VIEW, 40, false)).toMatchInlineSnapshot(`
      "
      TASK            TURNS  TOKENS   COST
      plan-phase-1    1      41.2k    $0.3100
      phase-1-task-1  3+1    >=3.05M  >=~$3.10
      all             4      >=3.09M  >=~$3.41

      BUDGET                USED
      run cost              $3.41 of $5.00
          68%
      phase 1 wall          1h02m of 1h00m
          used up
      attempt r1-a2 tokens  3.05M of 4M
          76%

      Cost as agents tell it: $0.3100; by the
      price table: $3.10.
      ~: reckoned from tokens with prices of
      2026-11-20.
      Some turns did not tell all that they
      used: it is at least this much.
      No price is known for mystery: see
      prices in the configuration.
      "
    `);
  });

  it.each([40, 60, 80])('fits %d columns', (width) => {
    const rows = [...VIEW.rows, row('a-task-with-a-name-that-is-rather-long-for-a-table', { turns: 1 })];
    for (const line of renderUsage({ ...VIEW, rows }, { width, colour: false, unicode: true }))
      expect([line, displayWidth(line) <= width]).toEqual([line, true]);
  });

  it('names attempts by what one types, and needs no notes where all is told', () => {
    const told = { turns: 1, tokens: all(10), costToldUsd: all(2), costUsd: all(2) };
    const rows = [row('r1-a1', { ...told, name: 'plan-phase-1 planner' })];
    const view: UsageView = {
      ...VIEW,
      by: 'attempt',
      rows,
      total: row('x', told),
      modelsWithoutPrice: [],
      pricesAsOf: null,
      budgets: [],
    };
    expect(shown(view, null)).toContain('r1-a1 plan-phase-1 planner  1      10      $2.00');
    expect(shown(view, null)).not.toContain('~');
  });
});

describe('amounts', () => {
  it.each([
    [all(950), '950'],
    [all(41_230), '41.2k'],
    [all(412_300), '412k'],
    [all(3_050_000, true), '≥3.05M'],
    [all(null, true), 'unknown'],
  ])('of tokens %j are short', (sum, text) => {
    expect(tokensText(sum, true)).toBe(text);
  });

  it('of cost say what they are worth', () => {
    expect(costText(makeUsage({ costUsd: all(0.0123), costToldUsd: all(null, true) }), false)).toBe(
      '~$0.0123',
    );
    expect(costText(makeUsage({ costUsd: all(5, true), costToldUsd: all(5, true) }), false)).toBe('>=$5.00');
  });

  it('of a budget are short', () => {
    expect([budgetText('tokens', 1_234_567), budgetText('wall', 65_000), budgetText('cost', 2)]).toEqual([
      '1.23M',
      '1m05s',
      '$2.00',
    ]);
  });

  it('in a line are left out where nothing is known', () => {
    expect(
      usageLine(makeUsage({ turns: 2, tokens: all(null, true), costUsd: all(null, true) }), true),
    ).toBeNull();
    expect(usageLine(makeUsage({ turns: 1, tokens: all(5), costUsd: all(null, true) }), true)).toBe(
      '1 turn, 5 tokens, cost unknown',
    );
    expect(
      usageLine(makeUsage({ turns: 2, tokens: all(null, true), costUsd: all(1), costToldUsd: all(1) }), true),
    ).toBe('2 turns, tokens unknown, $1.00');
  });
});

describe('tina usage', () => {
  let cli: TestCli;
  beforeEach(() => (cli = createTestCli()));
  afterEach(() => cli.dispose());

  it('asks for the run by what it is told to', async () => {
    const daemon = await cli.serve({ 'usage.get': () => ({ ...VIEW, by: 'model' }) });
    const { stdout, code } = await cli.run(['usage', 'rate-limits', '--by', 'model']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('MODEL')]);
    expect(daemon.calls).toMatchObject([{ name: 'usage.get', input: { run: 'rate-limits', by: 'model' } }]);
    expect(JSON.parse((await cli.run(['usage', 'rate-limits', '--json'])).stdout)).toMatchObject({
      runId: 'r1',
    });
  });

  it('refuses what nothing is added up by', async () => {
    const { code, stderr } = await cli.run(['usage', '--by', 'colour']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('colour')]);
  });
});
