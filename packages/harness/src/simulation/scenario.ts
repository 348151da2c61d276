import { type Fault, someFaults } from './faults.ts';
import { Random } from './random.ts';

/** Everything that a history follows from. */
export interface Scenario {
  readonly seed: number;
  /** Most stores are in memory alone; the others are the real one, with that as its witness. */
  readonly store: 'memory' | 'both';
  /** Homes with a node each, on one repository. */
  readonly homes: number;
  /** Of each home. */
  readonly runs: number;
  readonly phases: number;
  /** The most tasks that a plan has. */
  readonly tasks: number;
  readonly parallel: number;
  readonly wildness: number;
  /** How many things each operator does unasked. */
  readonly actions: number;
  /** How often each operator edits a task while there is one that can be edited. */
  readonly edits: number;
  readonly hasChecks: boolean;
  readonly finalize: 'ask' | 'merge' | 'keep' | 'discard' | 'pr';
  /** What agents may use up; left out: as much as they like. Used up again and again, it is given as much each time. */
  readonly budget?: keyof typeof BUDGETS;
  readonly preset: 'strict' | 'balanced' | 'fast';
  readonly faults: readonly Fault[];
}

/** Of so many worlds, so many are of each size: mostly small ones, so that more histories a minute are looked at. */
const SIZES = [
  { of: 11, runs: 1, phases: 1, tasks: 2, steps: 500 },
  { of: 4, runs: 1, phases: 2, tasks: 3, steps: 1_300 },
  { of: 1, runs: 2, phases: 2, tasks: 4, steps: 3_500 },
] as const;

/** SQLite takes half of the time of a history. */
const SQLITE_EVERY = 8;

/** The world that a seed stands for. */
export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed).fork();
  const size = random.pick(SIZES.flatMap((each) => Array.from({ length: each.of }, () => each))) ?? SIZES[0];
  const homes = random.permille(150) ? 2 : 1;
  return {
    seed,
    store: seed % SQLITE_EVERY === 0 ? 'both' : 'memory',
    homes,
    runs: random.between(1, size.runs),
    phases: random.between(1, size.phases),
    tasks: size.tasks,
    parallel: random.between(1, 3),
    wildness: random.pick([0, 0, 50, 150, 300]),
    actions: random.pick([0, 0, 2, 5]),
    edits: random.pick([0, 0, 1, 4]),
    hasChecks: random.permille(500),
    finalize: random.pick(['merge', 'merge', 'ask', 'keep', 'discard', 'pr']),
    preset: random.pick(['balanced', 'balanced', 'fast', 'strict']),
    faults: someFaults(random, size.steps * homes),
    budget: random.pick(['none', 'none', 'turns', 'tokens', 'time']),
  };
}

/** Of everything that a budget can be of: attempts, phases, the run. */
const BUDGETS = {
  none: '',
  turns: 'attempt: { turns: 2 }, run: { turns: 9 }',
  tokens: 'phase: { tokens: 2k }, run: { cost: 0.06 }',
  time: 'attempt: { wall: 20s }, run: { wall: 2m }',
};

/** The configuration of the project. */
export function configOf({ hasChecks, finalize, parallel, preset, budget = 'none' }: Scenario): string {
  return [
    'version: 1',
    'agents: { default: sim, sim: { kind: command, command: [agent] } }',
    ...(hasChecks ? ['checks: [{ name: test, command: test }]'] : []),
    `limits: { parallelAgents: ${parallel}, turn: 1m }`,
    `policy: { preset: ${preset} }`,
    `finalize: ${finalize}`,
    `budgets: { ${BUDGETS[budget]} }`,
    'retries: { overload: { first: 1s, cap: 20s } }',
    '',
  ].join('\n');
}

export function designOf(number: number, phases: number): string {
  const sections = Array.from({ length: phases }, (_, index) => `## Phase ${index + 1}: Part\n\nDo it.`);
  return [`# Feature ${number}`, ...sections, ''].join('\n\n');
}
