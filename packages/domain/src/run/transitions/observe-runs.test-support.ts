import type { CheckDefinition } from '../../check/check.ts';
import type { BudgetPolicy } from '../../policy/budget.ts';
import { FINALIZE_MODES, PRESETS, PRESET_POLICIES } from '../../policy/policy.ts';
import type { Job } from '../job.ts';
import { type Move, talkOf } from '../model/moves.test-support.ts';
import { Pair } from '../model/pair.test-support.ts';
import type { RefRules } from '../model/reference-run.test-support.ts';
import type { RunState } from '../state.ts';
import { Chaos, type Happening } from '../simulation/chaos.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';
import type { SimulationOptions } from '../simulation/simulation-options.test-support.ts';
import { AttemptTable } from './attempt-table.test-support.ts';
import { JobTable } from './job-table.test-support.ts';
import { OperatorTables } from './operator-tables.test-support.ts';
import type { Table } from './table.test-support.ts';

/** Used up now and then, and raised by as much. */
const BUDGETS: BudgetPolicy = {
  attempt: { turns: 1, wall: 30_000 },
  phase: {},
  run: { turns: 8 },
  warnAt: 0.8,
};

/** So many runs of each kind meet every kind of state that the tables have rows for, several times. */
const RUNS = 60;
const HAPPENINGS = 200;
/** In so many of them people and agents also write to one another. */
const TALKING_RUNS = 20;

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['task', 'phase', 'finalize'],
  timeoutMs: 1,
  failures: null,
};

/**
 * Every kind of state and every command: with which events it is accepted, or with which code it is refused. The states are
 * those that simulated runs come through; the same ones each time.
 */
export function transitionTables(): readonly Table[] {
  const observer = new Observer();
  for (let seed = 1; seed <= RUNS; seed += 1) {
    observeChaos(observer, randomOf(seed));
    observeWords(observer, randomOf(seed), false);
    if (seed <= TALKING_RUNS) observeWords(observer, randomOf(seed), true);
  }
  return observer.tables;
}

/** Asks about each state of a run as it comes. */
class Observer {
  readonly #operator = new OperatorTables();
  readonly #attempts = new AttemptTable();
  readonly #jobs = new JobTable();
  #seen: RunState | null = null;

  get tables(): readonly Table[] {
    return [...this.#operator.tables, ...this.#attempts.tables, ...this.#jobs.tables];
  }

  begin(): void {
    this.#attempts.forget();
    this.#jobs.forget();
  }

  observe(state: RunState, jobs: Iterable<Job>): void {
    if (state === this.#seen) return;
    this.#seen = state;
    for (const job of jobs) this.#jobs.add(job);
    this.#operator.observe(state);
    this.#attempts.observe(state);
    this.#jobs.observe(state);
  }
}

function observeChaos(observer: Observer, random: Random): void {
  observer.begin();
  const run = new SimulatedRun(optionsOf(random));
  const chaos = new ObservedChaos(run, () => observer.observe(run.state, run.queue.values()));
  for (let count = 0; count < HAPPENINGS; count += 1) chaos.happen(happeningOf(random));
}

/** A run as the model check sees it: people reject as well as approve, and limits pass while others work. */
function observeWords(observer: Observer, random: Random, isTalking: boolean): void {
  observer.begin();
  const pair = new Pair(rulesOf(random), new Set());
  for (let count = 0; count < HAPPENINGS; count += 1) {
    const kind = WORDS[random(WORDS.length)] ?? 'well';
    pair.move({ kind, pick: random(1_000), luck: random(1_000) });
    if (isTalking) pair.hear(talkOf(pair.reference, random(1_000), random(1_000)));
    observer.observe(pair.real.state, pair.real.jobs);
  }
}

const WORDS: readonly Move['kind'][] = [
  'well',
  'well',
  'well',
  'well',
  'well',
  'well',
  'well',
  'well',
  'badly',
  'badly',
  'operator',
  'anything',
];

function rulesOf(random: Random): RefRules {
  return {
    phases: 1 + random(2),
    plan: [
      { dependsOn: [], reviews: ['spec-review'] },
      { dependsOn: [], reviews: [] },
    ],
    // With one place, whoever was parked waits for it.
    parallel: 1,
    gates: { plan: random(2) === 0, review: random(2) === 0 },
    finalize: FINALIZE_MODES[random(FINALIZE_MODES.length)] ?? 'ask',
  };
}

/** Tells of every state that the run comes to. */
class ObservedChaos extends Chaos {
  readonly #onState: () => void;

  constructor(run: SimulatedRun, onState: () => void) {
    super(run);
    this.#onState = onState;
  }

  override happen(happening: Happening): void {
    super.happen(happening);
    this.#onState();
  }
}

type Random = (below: number) => number;

function randomOf(seed: number): Random {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** Those that come more often are named more often. */
const KINDS: readonly Happening['kind'][] = [
  'go',
  'go',
  'job',
  'job',
  'job',
  'turn',
  'turn',
  'timer',
  'repeat',
  'drop',
  'operator',
  'operator',
  'lose',
  'base',
];

function happeningOf(random: Random): Happening {
  return { kind: KINDS[random(KINDS.length)] ?? 'go', pick: random(1_000), luck: random(1_000) };
}

function optionsOf(random: Random): SimulationOptions {
  const preset = PRESETS[random(PRESETS.length)] ?? 'strict';
  const tasks = [{ review: 'spec' }, { review: 'none', dependsOn: [1] }];
  const phases = 1 + random(2);
  const parallelAgents = 1 + random(3);
  const finalize = FINALIZE_MODES[random(FINALIZE_MODES.length)] ?? 'ask';
  const checks = random(2) === 0 ? [] : [CHECK];
  const budgets = finalize === 'pr' ? { budgets: BUDGETS } : {};
  return {
    phases,
    plans: { 1: tasks, 2: tasks },
    policy: { ...PRESET_POLICIES[preset], preset, parallelAgents, finalize, checks, ...budgets },
  };
}
