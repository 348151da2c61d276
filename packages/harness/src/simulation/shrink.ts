import type { Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

/** What a failure is known by while its history gets shorter: the guarantee, and the words that hold no number. */
export function kindOf(message: string): string {
  return message.replaceAll(/[\d/]\S*|r2\w+/g, '').slice(0, 60);
}

/**
 * A smaller world in which the same guarantee does not hold: with fewer faults, less meddling, fewer tasks. `onSmaller` hears
 * of every one that is found on the way.
 */
export async function shrink(
  failing: Scenario,
  message: string,
  onSmaller: (scenario: Scenario) => void,
): Promise<Scenario> {
  let best = failing;
  for (let candidate = await smaller(best, message); candidate !== null;) {
    best = candidate;
    onSmaller(best);
    candidate = await smaller(best, message);
  }
  return best;
}

async function smaller(scenario: Scenario, message: string): Promise<Scenario | null> {
  for (const candidate of candidatesOf(scenario)) {
    const { violation } = await simulate(candidate);
    if (violation !== null && kindOf(violation.message) === kindOf(message)) return candidate;
  }
  return null;
}

function candidatesOf(scenario: Scenario): readonly Scenario[] {
  const { faults, homes, runs, phases, tasks, parallel, wildness, actions, edits, hasChecks, preset } =
    scenario;
  const without = faults.map((_, left) => ({ ...scenario, faults: faults.filter((__, at) => at !== left) }));
  const changes: readonly Partial<Scenario>[] = [
    ...(homes > 1 ? [{ homes: 1 }] : []),
    ...(runs > 1 ? [{ runs: 1 }] : []),
    ...(phases > 1 ? [{ phases: phases - 1 }] : []),
    ...(tasks > 1 ? [{ tasks: tasks - 1 }] : []),
    ...(parallel > 1 ? [{ parallel: parallel - 1 }] : []),
    ...(wildness > 0 ? [{ wildness: 0 }] : []),
    ...(actions > 0 ? [{ actions: 0 }, { actions: actions - 1 }] : []),
    ...(edits > 0 ? [{ edits: 0 }, { edits: edits - 1 }] : []),
    ...(hasChecks ? [{ hasChecks: false }] : []),
    ...(preset === 'fast' ? [] : [{ preset: 'fast' as const }]),
  ];
  return [...without, ...changes.map((change) => ({ ...scenario, ...change }))];
}
