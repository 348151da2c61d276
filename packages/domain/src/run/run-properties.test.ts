import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../check/check.ts';
import { PRESETS, PRESET_POLICIES, type RunPolicy } from '../policy/policy.ts';
import { bringToEnd, Chaos, type Happening } from './simulation/chaos.test-support.ts';
import { SimulatedRun } from './simulation/simulated-run.test-support.ts';
import { usageOf } from './usage.ts';
import { ROUTING, type SimulationOptions } from './simulation/simulation-options.test-support.ts';

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['task', 'phase', 'finalize'],
  timeoutMs: 1,
  failures: null,
};

const planned = fc
  .array(
    fc.record({
      review: fc.constantFrom('none', 'spec', 'quality', 'spec+quality'),
      dependsOn: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((tasks) =>
    tasks.map(({ review, dependsOn }, index) => ({
      review,
      // Tasks depend on earlier ones only.
      dependsOn: dependsOn.filter((other) => other < index).map((other) => other + 1),
    })),
  );

const policy: fc.Arbitrary<Partial<RunPolicy>> = fc
  .record({
    preset: fc.constantFrom(...PRESETS),
    parallelAgents: fc.integer({ min: 1, max: 4 }),
    finalize: fc.constantFrom('ask', 'merge', 'pr', 'keep', 'discard'),
    checks: fc.constantFrom([], [CHECK]),
    hasSetup: fc.boolean(),
  })
  .map((given) => ({ ...given, ...PRESET_POLICIES[given.preset] }));

const turns = (max: number): fc.Arbitrary<{ readonly turns?: number }> =>
  fc.record({ turns: fc.integer({ min: 1, max }) }, { requiredKeys: [] });

const budgets = fc.record({
  attempt: fc.record(
    { turns: fc.integer({ min: 1, max: 3 }), wall: fc.constantFrom(2_000, 60_000) },
    { requiredKeys: [] },
  ),
  phase: turns(20),
  run: fc.record(
    {
      turns: fc.integer({ min: 3, max: 40 }),
      tokens: fc.integer({ min: 300, max: 5_000 }),
      cost: fc.constantFrom(0.01, 1),
    },
    { requiredKeys: [] },
  ),
  warnAt: fc.constantFrom(0.5, 1),
});

const options: fc.Arbitrary<SimulationOptions> = fc.record({
  phases: fc.integer({ min: 1, max: 4 }),
  plans: fc.record({ 1: planned, 2: planned, 3: planned, 4: planned, 1.5: planned }),
  policy,
});

const withBudgets: fc.Arbitrary<SimulationOptions> = fc
  .tuple(fc.nat(2), budgets)
  .chain(([chance, given]) =>
    options.map((each) => (chance === 0 ? each : { ...each, policy: { ...each.policy, budgets: given } })),
  );

/** Who takes over from whoever has met a limit: nobody, or one or two others. */
const fallback = fc.subarray([
  { agent: 'spare', model: null },
  { agent: 'scripted', model: 'opus' },
]);

const withFallback: fc.Arbitrary<SimulationOptions> = fc
  .tuple(withBudgets, fallback)
  .map(([each, others]) => ({
    ...each,
    policy: { ...each.policy, routing: { ...ROUTING, fallback: others } },
  }));

const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('go' as const) },
    { weight: 10, arbitrary: fc.constant('job' as const) },
    { weight: 8, arbitrary: fc.constant('turn' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('timer' as const, 'repeat' as const, 'drop' as const),
    },
    { weight: 2, arbitrary: fc.constant('operator' as const) },
    { weight: 1, arbitrary: fc.constantFrom('lose' as const, 'base' as const) },
  ),
  pick: fc.nat(1_000),
  luck: fc.nat(1_000),
});

/** Enough for a gate that is run often; `CHAOS_RUNS=5000` looks longer. */
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 25);

/** Far more than the runs take; it ends the search for the smallest example of one that fails. */
const TIME_LIMIT_MS = RUNS * 1_000;

/** How often a person may have to answer before a run that went wrong is at its end. */
const MAX_ANSWERS = 400;

describe('a run to which nothing goes wrong', () => {
  it('does every task once, blocks nowhere, and is complete', () => {
    fc.assert(
      fc.property(options, (given) => {
        const run = new SimulatedRun(given);
        bringToEnd(run, MAX_ANSWERS);
        expect(run.status).toBe('complete');
        expect(run.eventsOf('task.blocked')).toEqual([]);
        expect(run.eventsOf('retry.scheduled')).toEqual([]);
        const roles = Object.values(run.state.attempts).map(({ taskId, role }) => `${taskId} ${role}`);
        expect(new Set(roles).size).toBe(roles.length);
        run.assertReplay();
      }),
      { numRuns: RUNS, plugins: [fc.interruptAfterTimeLimit(TIME_LIMIT_MS)] },
    );
  });
});

describe('a run to which anything happens', () => {
  it('keeps its word after every command, and comes to an end when nothing goes wrong any more', () => {
    fc.assert(
      fc.property(
        withFallback,
        fc.array(happening, { minLength: 20, maxLength: 120, size: 'max' }),
        (given, happenings) => {
          const run = new SimulatedRun(given);
          run.usage = usageOf({ inputTokens: 60, outputTokens: 40, costUsd: 0.004 });
          const chaos = new Chaos(run);
          for (const each of happenings) chaos.happen(each);
          run.assertReplay();
          bringToEnd(run, MAX_ANSWERS);
          run.assertReplay();
        },
      ),
      { numRuns: RUNS, plugins: [fc.interruptAfterTimeLimit(TIME_LIMIT_MS)] },
    );
  }, 600_000);
});
