import { hold, Violation } from './commit-invariants.ts';
import { lookAtEnd } from './endings.ts';
import { type Chance, FaultInjector } from './faults.ts';
import { isAtRest, Operator } from './operator.ts';
import { configOf, designOf, type Scenario } from './scenario.ts';
import { World } from './world.ts';

export interface SimulationResult {
  readonly violation: Violation | null;
  readonly steps: number;
  readonly commits: number;
  readonly events: number;
  readonly attempts: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly answers: ReadonlyMap<string, number>;
  readonly endings: ReadonlyMap<string, number>;
  /** Milliseconds of the simulated clock. */
  readonly simulatedMs: number;
  readonly chances: readonly Chance[];
  /** Remediation phases, of all runs. */
  readonly remediations: number;
}

const MEDDLING_MS = 120_000;
const MAX_STEPS = 150_000;

/** Plays one history to its end and says whether all guarantees held. */
export async function simulate(
  scenario: Scenario,
  trace?: (line: string) => void,
): Promise<SimulationResult> {
  const { seed, store, homes, wildness, tasks, parallel, actions, edits } = scenario;
  const config = configOf(scenario);
  const common = { seed, store, homes, wildness, tasks, config, machineAgents: parallel + 1 };
  const world = await World.create(trace ? { ...common, trace } : common);
  try {
    const faults = new FaultInjector(world, scenario.faults, world.random.fork());
    const designs = Array.from({ length: scenario.runs }, (_, index) => designOf(index + 1, scenario.phases));
    const answers = new Map<string, number>();
    for (const home of world.homes) {
      const operator = new Operator(home, world.kernel, { random: world.random.fork(), answers });
      home.startDaemon();
      operator.begin(designs, { actions, edits, withinMs: actions + edits > 0 ? MEDDLING_MS : 0 });
    }
    const violation = await watchingErrors(() => play(world, designs.length));
    const { happened, chances } = faults;
    return { ...figures(world), violation, answers, chances, faults: happened };
  } finally {
    await world.close();
  }
}

/** An error that nobody handles would be the end of a daemon: whatever was asked of the machine can fail (G13). */
async function watchingErrors(work: () => Promise<Violation | null>): Promise<Violation | null> {
  let violation: Violation | null = null;
  const note = (error: unknown): void => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    violation ??= new Violation(`G13 an error that nobody handles would end the daemon: ${what}`);
  };
  process.on('unhandledRejection', note);
  try {
    const found = await work();
    return found ?? violation;
  } finally {
    process.off('unhandledRejection', note);
  }
}

async function play(world: World, runsOfHome: number): Promise<Violation | null> {
  try {
    const end = await world.kernel.run({ isOver: () => world.violation !== null, maxSteps: MAX_STEPS });
    if (world.violation !== null) return world.violation;
    for (const { invariants } of world.homes) {
      const { states } = invariants;
      const where = states.map((state) => `${state.id} ${state.control}`).join(', ');
      const isOver = end === 'idle' && states.filter(isAtRest).length === runsOfHome;
      hold('G05', isOver, () => `it does not come to an end: ${end}, ${where}`);
    }
    await lookAtEnd(world);
    return null;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}

type Figures = Omit<SimulationResult, 'violation' | 'faults' | 'answers' | 'chances'>;

function figures({ homes, kernel }: World): Figures {
  const states = homes.flatMap(({ invariants }) => invariants.states);
  const endings = new Map<string, number>();
  for (const { ending, control } of states) {
    const name = ending?.kind ?? control;
    endings.set(name, (endings.get(name) ?? 0) + 1);
  }
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return {
    endings,
    steps: kernel.taken,
    simulatedMs: kernel.now,
    commits: sum(homes.map(({ invariants }) => invariants.commits)),
    events: sum(homes.map(({ invariants }) => invariants.events)),
    attempts: sum(states.map(({ attempts }) => Object.keys(attempts).length)),
    remediations: sum(
      states.map(({ phases }) => phases.filter(({ remediates }) => remediates !== null).length),
    ),
  };
}
