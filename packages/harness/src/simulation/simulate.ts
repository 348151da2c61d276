import {
  evolve,
  initialState,
  isStuck,
  type RecordedEvent,
  type RunState,
  unsettledAttempts,
} from '@tina/domain';
import { hold, Violation } from './commit-invariants.ts';
import { type Fault, FaultInjector, someFaults } from './faults.ts';
import { isAtRest, Operator } from './operator.ts';
import { Random } from './random.ts';
import { ROOT } from './simulated-machine.ts';
import { World } from './world.ts';

/** Everything that a history follows from. */
export interface Scenario {
  readonly seed: number;
  readonly runs: number;
  readonly phases: number;
  /** The most tasks that a plan has. */
  readonly tasks: number;
  readonly parallel: number;
  readonly wildness: number;
  /** How many things the operator does unasked. */
  readonly actions: number;
  readonly hasChecks: boolean;
  readonly finalize: 'ask' | 'merge' | 'keep' | 'discard' | 'pr';
  readonly preset: 'strict' | 'balanced' | 'fast';
  readonly faults: readonly Fault[];
}

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
}

const MEDDLING_MS = 120_000;
/** In about so many steps a world without mishaps comes to its end. */
const USUAL_STEPS = { small: 700, medium: 1_800, large: 4_000 } as const;
const MAX_STEPS = 150_000;

/** The world that a seed stands for: mostly a small one, in which more histories a minute can be looked at. */
export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed).fork();
  const size = random.pick([
    'small',
    'small',
    'small',
    'small',
    'medium',
    'medium',
    'medium',
    'large',
  ] as const);
  return {
    seed,
    runs: size === 'large' && random.permille(500) ? 2 : 1,
    phases: size === 'small' ? 1 : random.between(1, 2),
    tasks: { small: 2, medium: 3, large: 4 }[size],
    parallel: random.between(1, 3),
    wildness: random.pick([0, 0, 50, 150, 300]),
    actions: random.pick([0, 0, 2, 5]),
    hasChecks: random.permille(500),
    finalize: random.pick(['merge', 'merge', 'ask', 'keep', 'discard', 'pr']),
    preset: random.pick(['balanced', 'balanced', 'fast', 'strict']),
    faults: someFaults(random, USUAL_STEPS[size]),
  };
}

/** Plays one history to its end and says whether all guarantees held. */
export async function simulate(
  scenario: Scenario,
  trace?: (line: string) => void,
): Promise<SimulationResult> {
  const { seed, wildness, tasks } = scenario;
  const common = { seed, wildness, tasks, config: configOf(scenario), machineAgents: scenario.parallel + 1 };
  const world = await World.create(trace ? { ...common, trace } : common);
  try {
    const faults = new FaultInjector(world, scenario.faults, world.random.fork());
    const operator = new Operator(world, world.random.fork());
    world.startDaemon();
    const designs = Array.from({ length: scenario.runs }, (_, index) => designOf(index + 1, scenario.phases));
    operator.begin(designs, scenario.actions, scenario.actions > 0 ? MEDDLING_MS : 0);
    const violation = await play(world, designs.length);
    return { ...(await figures(world)), violation, faults: faults.happened, answers: operator.answers };
  } finally {
    world.daemon?.part.kill();
    await world.store.close();
  }
}

async function play(world: World, runs: number): Promise<Violation | null> {
  const { invariants, kernel } = world;
  try {
    const end = await kernel.run({ isOver: () => invariants.violation !== null, maxSteps: MAX_STEPS });
    if (invariants.violation !== null) return invariants.violation;
    const states = await world.runs();
    const atRest = states.filter(isAtRest).length;
    const where = states.map((state) => `${state.id} ${state.control}`).join(', ');
    hold('G05', end === 'idle' && atRest === runs, () => `it does not come to an end: ${end}, ${where}`);
    for (const state of states) {
      await lookAtEnd(world, state);
      lookAtLanding(world, state);
    }
    lookAtMachine(world, states);
    return null;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}

async function lookAtEnd(world: World, state: RunState): Promise<void> {
  const { store } = world;
  const events: RecordedEvent[] = [
    ...(await store.readEvents({ runId: state.id, after: 0, limit: 100_000 })),
  ];
  const [first, ...rest] = events;
  if (first === undefined) throw new Violation(`G02 run ${state.id} has no events`);
  const folded = rest.reduce(evolve, initialState(first));
  const rows = await store.loadRows(state.id);
  hold(
    'G02',
    canonical(folded) === canonical(rows),
    () => `the rows of ${state.id} are not what its events fold to`,
  );
  const jobs = await store.listJobs({ runId: state.id });
  hold('G14', jobs.length === 0, () => `an ended run has jobs: ${jobs.map(({ job }) => job.kind).join(' ')}`);
  hold('G14', (await store.nextLeaseEnd()) === null, () => 'a lease is left');
  hold('G14', (await store.nextTimerAt()) === null, () => 'a timer is left');
}

/** With the keys of every object in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** What is said to have landed is in the base, with everything that its tasks made. */
function lookAtLanding({ machine }: World, { id, ending, tip, tasks }: RunState): void {
  if (ending?.kind !== 'merged') return;
  const { repository } = machine;
  const base = repository.branch('main') ?? '';
  const works = Object.values(tasks).filter(
    ({ kind, status }) => kind === 'phase-task' && status === 'completed',
  );
  for (const commit of [tip, ...works.map(({ workCommit }) => workCommit)]) {
    const isIn = commit !== null && repository.contains(base, commit);
    hold('G20', isIn, () => `run ${id} is said to have landed, and ${commit} is not in the base`);
  }
}

function lookAtMachine({ machine }: World, states: readonly RunState[]): void {
  const { repository } = machine;
  const left = [...machine.processes.values()].map(({ part }) => part.name);
  hold('G14', left.length === 0, () => `processes are left: ${left.join(', ')}`);
  hold(
    'G14',
    machine.sessions.size === 0,
    () => `sessions are left: ${[...machine.sessions.keys()].join(', ')}`,
  );
  const worktrees = [...repository.checkouts.keys()].filter((path) => path !== ROOT && !isKept(path, states));
  hold('G14', worktrees.length === 0, () => `worktrees are left: ${worktrees.join(', ')}`);
  const reachable = new Set([...repository.refs.values()].flatMap((tip) => [...repository.ancestors(tip)]));
  const lost = machine.madeCommits.filter((commit) => !reachable.has(commit));
  hold('G22', lost.length === 0, () => `commits of agents are lost: ${lost.join(' ')}`);
  const checkout = repository.checkouts.get(ROOT);
  const dirty = checkout ? repository.dirty(checkout).filter((path) => path !== 'draft.txt') : [];
  hold('G20', dirty.length === 0, () => `the user's checkout is not what it was: ${dirty.join(', ')}`);
}

/** A worktree that could not be removed, or holds what could not be kept elsewhere, stays until somebody cleans up. */
function isKept(path: string, states: readonly RunState[]): boolean {
  const run = states.find(({ id }) => path.includes(`/${id}/`));
  return run !== undefined && (run.slotsRemoval === 'failed' || unsettledAttempts(run).some(isStuck));
}

async function figures(world: World): Promise<Omit<SimulationResult, 'violation' | 'faults' | 'answers'>> {
  const states = await world.runs();
  const endings = new Map<string, number>();
  for (const { ending, control } of states) {
    const name = ending?.kind ?? control;
    endings.set(name, (endings.get(name) ?? 0) + 1);
  }
  return {
    endings,
    steps: world.kernel.taken,
    simulatedMs: world.kernel.now,
    commits: world.invariants.commits,
    events: world.invariants.events,
    attempts: states.reduce((sum, { attempts }) => sum + Object.keys(attempts).length, 0),
  };
}

function configOf({ hasChecks, finalize, parallel, preset }: Scenario): string {
  return [
    'version: 1',
    'agents: { default: sim, sim: { kind: command, command: [agent] } }',
    ...(hasChecks ? ['checks: [{ name: test, command: test }]'] : []),
    `limits: { parallelAgents: ${parallel}, turn: 1m }`,
    `policy: { preset: ${preset} }`,
    `finalize: ${finalize}`,
    '',
  ].join('\n');
}

function designOf(number: number, phases: number): string {
  const sections = Array.from({ length: phases }, (_, index) => `## Phase ${index + 1}: Part\n\nDo it.`);
  return [`# Feature ${number}`, ...sections, ''].join('\n\n');
}
