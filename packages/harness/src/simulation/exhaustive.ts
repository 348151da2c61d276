import type { Chance, FaultKind } from './faults.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { simulate, type SimulationResult } from './simulate.ts';

/** What is killed at each step. */
const KILLED: readonly FaultKind[] = ['kill daemon', 'kill host', 'kill agent', 'power cut'];

/** How long a daemon that was killed stays away. */
const AWAY_MS = 500;

/** Seeds that are looked through; the shortest history that shows enough is taken. */
const TRIED = 20;

/** A history of two phases and a remediation in which nothing goes wrong, and so many kills of it. */
export interface ExhaustivePlan {
  readonly scenario: Scenario;
  readonly undisturbed: SimulationResult;
  /** The steps at which something is killed: every `every`th of those that ask something of the world. */
  readonly steps: readonly Chance[];
}

/** Of the next seeds, the one whose undisturbed history has a remediation and the fewest steps. */
export async function planExhaustive(from: number, every: number): Promise<ExhaustivePlan> {
  let best: ExhaustivePlan | null = null;
  for (let seed = from; seed < from + TRIED; seed += 1) {
    const scenario: Scenario = {
      ...scenarioOf(seed),
      store: 'memory',
      homes: 1,
      runs: 1,
      phases: 2,
      tasks: 2,
      parallel: 2,
      wildness: 0,
      actions: 0,
      edits: 0,
      hasChecks: true,
      finalize: 'merge',
      preset: 'balanced',
      faults: [],
    };
    const undisturbed = await simulate(scenario);
    if (undisturbed.violation !== null) throw undisturbed.violation;
    const isEnough =
      undisturbed.remediations > 0 && undisturbed.steps < (best?.undisturbed.steps ?? Infinity);
    if (isEnough) best = { scenario, undisturbed, steps: stepsOf(undisturbed, every) };
  }
  if (best === null) throw new Error(`no history from seed ${from} on has a remediation`);
  return best;
}

/** Every history of the plan: at each of its steps, each of what may be killed. */
export function exhaustiveScenarios({ scenario, steps }: ExhaustivePlan): readonly Scenario[] {
  return steps.flatMap(({ step: atStep, isAnyAtWork }) =>
    // Where neither host nor agent lives, there is the daemon alone. Of several, now the one is killed, now the other.
    KILLED.slice(0, isAnyAtWork ? undefined : 1).map((kind) => ({
      ...scenario,
      faults: [{ kind, atStep, forMs: AWAY_MS, pick: atStep }],
    })),
  );
}

function stepsOf({ chances }: SimulationResult, every: number): readonly Chance[] {
  const byStep = new Map(chances.map((chance) => [chance.step, chance]));
  return [...byStep.values()].filter((_, index) => index % every === 0);
}
