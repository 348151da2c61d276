import { describe, expect, it } from 'vitest';
import { exhaustiveScenarios, planExhaustive } from './exhaustive.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { simulate, type SimulationResult } from './simulate.ts';

/** Histories in `npm test`; `npm run simulate` plays as many as wanted. */
const SEEDS = Array.from({ length: 80 }, (_, index) => index + 1);

/** What broke, with how to see it again. */
async function brokenOf(scenarios: Iterable<Scenario>): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const scenario of scenarios) {
    const { violation } = await simulate(scenario);
    if (violation === null) continue;
    broken.push(`npm run simulate -- --scenario '${JSON.stringify(scenario)}'   ${violation.message}`);
  }
  return broken;
}

describe('a simulated world', () => {
  it('keeps every guarantee in histories full of faults', async () => {
    expect(await brokenOf(SEEDS.map(scenarioOf))).toEqual([]);
  }, 240_000);

  it('G01 has a store in memory that answers every question as SQLite does', async () => {
    const scenarios = SEEDS.slice(0, 12).map((seed) => ({ ...scenarioOf(seed), store: 'both' as const }));
    expect(await brokenOf(scenarios)).toEqual([]);
  }, 240_000);

  it('has the same history whichever store it is played on', async () => {
    const [one, other] = await Promise.all(
      (['memory', 'both'] as const).map((store) => simulate({ ...scenarioOf(9), store })),
    );
    expect(other).toEqual(one);
  });

  it('G20 keeps them with two homes that work on one repository', async () => {
    const scenarios = SEEDS.slice(0, 10).map((seed) => ({ ...scenarioOf(seed), homes: 2 }));
    expect(await brokenOf(scenarios)).toEqual([]);
  }, 240_000);

  it('G27 has operators who edit tasks, and whose edits are refused', async () => {
    const answers = new Map<string, number>();
    for (const seed of SEEDS.slice(0, 15)) {
      const result = await simulate({
        ...scenarioOf(seed),
        edits: 6,
        tasks: 4,
        parallel: 1,
        store: 'memory',
      });
      expect(result.violation).toBeNull();
      for (const [what, times] of result.answers) answers.set(what, (answers.get(what) ?? 0) + times);
    }
    expect(answers.get('task.edit accepted')).toBeGreaterThan(10);
    expect(answers.get('task.edit refused')).toBeGreaterThan(10);
  }, 240_000);

  it('keeps them wherever daemon, host, agent or machine is killed', async () => {
    const plan = await planExhaustive(1, 60);
    expect(plan.undisturbed.remediations).toBeGreaterThan(0);
    const scenarios = exhaustiveScenarios(plan);
    expect(scenarios.length).toBeGreaterThan(40);
    expect(await brokenOf(scenarios)).toEqual([]);
  }, 240_000);

  it('has the same history for the same seed, step by step', async () => {
    const play = async (): Promise<readonly [readonly string[], SimulationResult]> => {
      const lines: string[] = [];
      const result = await simulate(scenarioOf(7), (line) => lines.push(line));
      return [lines, result];
    };
    const [one, first] = await play();
    const [other, second] = await play();
    expect(other).toEqual(one);
    expect(second).toEqual(first);
    expect(one.length).toBeGreaterThan(300);
  });
});
