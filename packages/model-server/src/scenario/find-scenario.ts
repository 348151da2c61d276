import type { ModelRequest } from '../request/model-request.ts';
import type { Turn } from './position.ts';
import { readMarker } from './read-marker.ts';
import { readSteps } from './read-steps.ts';
import type { Json, Scenario } from './step.ts';

/** A scenario that is registered with the server: its steps, or what makes them from the marker's arguments. */
export type RegisteredScenario = Scenario | ((args: readonly Json[]) => Scenario);

/** Chooses a scenario for a turn whose prompt has no marker; null when it has none to offer. */
export type ChooseScenario = (turn: Turn, request: ModelRequest) => Scenario | null;

export interface KnownScenarios {
  readonly scenarios: Readonly<Record<string, RegisteredScenario>>;
  readonly choose: ChooseScenario;
}

/**
 * The scenario of a turn; an empty one when nothing says which.
 * @throws {Error} when the marker cannot be read or names a scenario that is not known.
 */
export function findScenario(turn: Turn, request: ModelRequest, known: KnownScenarios): Scenario {
  const marker = readMarker(turn.prompt);
  if (marker === null) return known.choose(turn, request) ?? [];
  if (marker.kind === 'inline') return readSteps(marker.steps);
  const found = Object.hasOwn(known.scenarios, marker.name) ? known.scenarios[marker.name] : undefined;
  if (found === undefined) {
    const names = Object.keys(known.scenarios).join(', ') || 'none';
    throw new Error(`No scenario is named "${marker.name}". Known: ${names}.`);
  }
  return typeof found === 'function' ? found(marker.args) : found;
}
