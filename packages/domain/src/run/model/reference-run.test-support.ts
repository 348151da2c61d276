import type { Role } from '../../policy/role.ts';
import type { RefMail } from './reference-mail.test-support.ts';

/**
 * The reference model of a run: who is where, who waits for whom, and how often it was tried. It is written from
 * ARCHITECTURE.md, section 4, shares no code with the domain, and leaves out what does not steer: commits, texts, slots by
 * number, checks, usage, and the removal of worktrees. `reference-words` says what is heard, `reference-schedule` what
 * follows.
 */
export interface RefRun {
  readonly rules: RefRules;
  control: 'active' | 'paused' | 'cancelling' | 'ended';
  isCancelled: boolean;
  /** Said once when nothing can go on, until a person changes it. */
  isBlocked: boolean;
  hasBranch: boolean;
  /** Counts what was heard; tasks that began earlier merge earlier. */
  clock: number;
  readonly phases: string[];
  readonly tasks: RefTask[];
  readonly attempts: RefAttempt[];
  readonly gates: RefGate[];
  readonly mail: RefMail;
  /** Every job that was ever asked for, by its key. */
  readonly jobs: Map<string, RefJob>;
  /** What people added to budgets, and of which they said that there is no more. */
  readonly raised: Map<string, number>;
  readonly refused: Set<string>;
  /** Open gaps of each phase of the design with its remediations. */
  readonly gaps: Map<string, number>;
}

export interface RefRules {
  readonly phases: number;
  readonly plan: readonly RefPlanned[];
  readonly parallel: number;
  readonly gates: { readonly plan: boolean; readonly review: boolean };
  readonly finalize: 'ask' | RefChoice;
  /** Turns that attempts, phases and the run may have; null: as many as they like. */
  readonly turns?: Readonly<Record<'attempt' | 'phase' | 'run', number | null>>;
}

/** A task of every phase's plan; it depends on earlier ones by their index. */
export interface RefPlanned {
  readonly dependsOn: readonly number[];
  readonly reviews: readonly ('spec-review' | 'quality-review')[];
}

export type RefChoice = 'merge' | 'pr' | 'keep' | 'discard';

export interface RefTask {
  readonly name: string;
  readonly kind: string;
  readonly phase: string | null;
  readonly parent: RefTask | null;
  planned: RefPlanned | null;
  after: RefTask[];
  status: 'pending' | 'ready' | 'in_progress' | 'completed' | 'blocked' | 'skipped' | 'cancelled';
  step: string | null;
  waits: RefWait | null;
  startedAt: number;
  /** Attempts of the present step; the last one whose bad end was answered already. */
  here: RefAttempt[];
  answered: RefAttempt | null;
  tries: { failure: number; output: number; lost: number };
  reviewRounds: number;
  conflictRounds: number;
  landingRounds: number;
  /** What the job of the present step came to. */
  result: string | null;
  why: string | null;
  gate: RefGate | null;
  choice: RefChoice | null;
  isFinal: boolean;
  readonly gaps: Map<string, number>;
}

export type RefWait =
  | { readonly on: 'attempt'; readonly attempt: RefAttempt }
  | { readonly on: 'job'; readonly job: RefJob }
  | { readonly on: 'gate'; readonly gate: RefGate }
  | { readonly on: 'timer' };

export interface RefAttempt {
  /** `<task>#<number>`. */
  readonly key: string;
  readonly task: RefTask;
  readonly role: Role;
  status: 'requested' | 'starting' | 'running' | 'parked' | 'succeeded' | 'failed' | 'lost' | 'cancelled';
  turn: number;
  /** Its start, the look at its evidence, or its settling. */
  job: RefJob | null;
  limitIsOver: boolean;
  readonly returned: Set<string>;
  /** What was reported before the turn ended; what it said last. */
  reported: string | null;
  word: string | null;
  failure: string | null;
  isStuck: boolean;
  isSettled: boolean;
  /** Turns that ended, and whether one is under way. */
  turns: number;
  isInTurn: boolean;
  /** Waits in a row for a service that did not serve. */
  waits: number;
  /** The budget's gate that keeps it from its next turn. */
  gate: RefGate | null;
}

export interface RefJob {
  /** `<kind> <task or attempt>#<how many of the kind it had>`. */
  readonly key: string;
  readonly kind: string;
  readonly task: RefTask;
  readonly attempt: RefAttempt | null;
  readonly turn: number;
}

export interface RefGate {
  readonly key: string;
  readonly task: RefTask;
  readonly kind: 'plan' | 'review' | 'finalize' | 'budget';
  status: 'open' | 'approved' | 'rejected' | 'withdrawn';
  /** Of a budget: which, and who waits for it. */
  readonly scope: string | null;
  readonly waiting: Set<RefTask | RefAttempt>;
}

export function referenceRun(rules: RefRules): RefRun {
  const run: RefRun = {
    rules,
    control: 'active',
    isCancelled: false,
    isBlocked: false,
    hasBranch: false,
    clock: 0,
    phases: [],
    tasks: [],
    attempts: [],
    gates: [],
    mail: { messages: [], questions: [], turns: new Map() },
    jobs: new Map(),
    raised: new Map(),
    refused: new Set(),
    gaps: new Map(),
  };
  const validate = addTask(run, 'validate-design', 'validate-design', []);
  let last = addTask(run, 'setup-worktree', 'setup-worktree', [validate]);
  for (let number = 1; number <= rules.phases; number += 1) {
    run.phases.push(String(number));
    last = addPhase(run, String(number), last);
  }
  addTask(run, 'finalize', 'finalize', [last]);
  return run;
}

/** Plan, execution and review of a phase, the first of them after a task; answers the last of them. */
export function addPhase(run: RefRun, phase: string, after: RefTask): RefTask {
  return ['plan-phase', 'execute-phase', 'review-phase'].reduce(
    (before, kind) => addTask(run, kind, `${kind}-${phase}`, [before], { phase }),
    after,
  );
}

export function addTask(
  run: RefRun,
  kind: string,
  name: string,
  after: readonly RefTask[],
  more: Partial<Pick<RefTask, 'phase' | 'parent' | 'planned'>> = {},
): RefTask {
  const { phase = null, parent = null, planned = null } = more;
  const task: RefTask = {
    kind,
    name,
    phase,
    parent,
    planned,
    after: [...after],
    status: 'pending',
    step: null,
    waits: null,
    startedAt: 0,
    here: [],
    answered: null,
    tries: noTries(),
    reviewRounds: 0,
    conflictRounds: 0,
    landingRounds: 0,
    result: null,
    why: null,
    gate: null,
    choice: null,
    isFinal: false,
    gaps: new Map(),
  };
  run.tasks.push(task);
  return task;
}

function noTries(): RefTask['tries'] {
  return { failure: 0, output: 0, lost: 0 };
}

export function taskNamed(run: RefRun, name: string): RefTask {
  const found = run.tasks.find((task) => task.name === name);
  if (!found) throw new Error(`the reference model has no task ${name}`);
  return found;
}

export function isActive({ status }: RefAttempt): boolean {
  return ['requested', 'starting', 'running', 'parked'].includes(status);
}

/** Its agent is at work, and may report and end its turn. */
export function hasTurn({ status, job }: RefAttempt): boolean {
  return status === 'running' && job === null;
}

export function isOver({ status }: RefTask): boolean {
  return status === 'completed' || status === 'skipped' || status === 'cancelled';
}

export function newJob(run: RefRun, kind: string, task: RefTask, attempt: RefAttempt | null = null): RefJob {
  const stem = `${kind} ${attempt?.key ?? task.name}#`;
  const count = [...run.jobs.keys()].filter((key) => key.startsWith(stem)).length;
  const job: RefJob = { key: `${stem}${count + 1}`, kind, task, attempt, turn: attempt?.turn ?? 0 };
  run.jobs.set(job.key, job);
  return job;
}

/** Whatever an attempt that ended waited for is waited for no more. */
export function endAttempt(
  attempt: RefAttempt,
  status: RefAttempt['status'],
  failure: string | null = null,
): void {
  attempt.status = status;
  attempt.failure = failure;
  attempt.job = null;
  if (attempt.isInTurn) attempt.turns += 1;
  attempt.isInTurn = false;
  if (attempt.gate) leaveGate(attempt.gate, attempt);
  attempt.gate = null;
}

/** A gate of a budget for which nobody waits any more is withdrawn, and any other one with its task. */
export function leaveGate(gate: RefGate, who: RefTask | RefAttempt): void {
  gate.waiting.delete(who);
  if (gate.status === 'open' && gate.waiting.size === 0) gate.status = 'withdrawn';
}

/** A task enters a step: nothing of the one before counts any more. */
export function enter(task: RefTask, step: string): true {
  task.step = step;
  task.waits = null;
  task.here = [];
  task.answered = null;
  task.tries = noTries();
  task.result = null;
  task.gate = null;
  return true;
}

/** The phase of the design that a task belongs to. */
export function mainOf({ phase }: RefTask): string {
  return (phase ?? '').split('.')[0] ?? '';
}

/** The first step of what becomes of the branch. */
export const STEP_OF_CHOICE: Readonly<Record<RefChoice, string>> = {
  merge: 'integrate',
  pr: 'pull-request',
  keep: 'keep',
  discard: 'discard',
};

export function block(task: RefTask, why: string): true {
  Object.assign(task, { status: 'blocked', waits: null, why });
  return true;
}

/** Parked agents, and what could not be cleared away, leave their place to others. */
export function hasPlace(run: RefRun): boolean {
  const working = run.attempts.filter(
    ({ isSettled, isStuck, status }) => !isSettled && !isStuck && status !== 'parked',
  );
  const preparing = run.tasks.filter(
    ({ waits }) => waits?.on === 'job' && waits.job.kind === 'create-branch',
  );
  return working.length + preparing.length < run.rules.parallel;
}
