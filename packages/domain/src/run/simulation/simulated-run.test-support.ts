import { phaseTaskName } from '../../naming/names.ts';
import type { Attempt } from '../attempt.ts';
import type { NodeCommand, RunCommand } from '../command.ts';
import { findingsToJudge } from '../decide/judge-report.ts';
import type { EffectOfEvent, Handled, Transition } from '../handle-command.ts';
import { handleCommand, handleCreate } from '../handle-command.ts';
import type { RecordedEvent, RunEventType } from '../event.ts';
import type { Job, JobKind, JobOutcome } from '../job.ts';
import { attemptOf, known, taskNamed, taskOf } from '../lookup.ts';
import { attemptsOfTask } from '../queries.ts';
import { type RunStatus, runStatus } from '../run-status.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import type { Usage } from '../usage.ts';
import { type Behaviour, goodBehaviour, type Turn } from './behaviour.test-support.ts';
import { createCommand, type SimulationOptions } from './simulation-options.test-support.ts';
import { RunInvariants } from './run-invariants.test-support.ts';
import { SimulatedNode } from './simulated-node.test-support.ts';

export interface PendingTimer {
  readonly dueAt: number;
  readonly taskId: string | null;
  readonly attemptId: string | null;
}

/** More than any run in the tests needs. */
const MAX_STEPS = 20_000;

/** A run with a node, a store's queue and timers around it: everything that the pure functions leave to others. */
export class SimulatedRun {
  state: RunState;
  now = 1_000_000;
  /** What every turn tells of which nothing else is said. */
  usage: Usage | null = null;
  readonly node: SimulatedNode;
  readonly events: RecordedEvent[] = [];
  readonly queue = new Map<string, Job>();
  readonly timers = new Map<string, PendingTimer>();
  readonly leases = new Set<string>();
  readonly documents: string[] = [];
  readonly options: SimulationOptions;
  readonly #invariants: RunInvariants;

  constructor(options: SimulationOptions = {}) {
    this.options = options;
    this.node = new SimulatedNode(options);
    const created = handleCreate(createCommand(options, this.node.repository.base), this.now);
    this.state = created.state;
    this.#invariants = new RunInvariants(this);
    this.#apply(created);
  }

  get status(): RunStatus {
    return runStatus(this.state);
  }

  task(name: string): Task {
    return taskNamed(this.state, name);
  }

  /** `phase-1-task-2` and so on. */
  phaseTask(phase: string, number: number): Task {
    return this.task(phaseTaskName(phase, number));
  }

  /** None for a task that is not there yet. */
  attempts(name: string): readonly Attempt[] {
    const task = Object.values(this.state.tasks).find((each) => each.name === name);
    return task ? attemptsOfTask(this.state, task.id) : [];
  }

  /** The newest attempt of a task. */
  attempt(name: string): Attempt {
    return known(this.attempts(name).at(-1), `attempt of ${name}`);
  }

  queued(kind: JobKind): readonly Job[] {
    return [...this.queue.values()].filter((job) => job.kind === kind);
  }

  /** The first queued job of a kind. */
  job(kind: JobKind): Job {
    return known(this.queued(kind)[0], `${kind} job`);
  }

  eventsOf<T extends RunEventType>(type: T): readonly Extract<RecordedEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RecordedEvent, { type: T }> => event.type === type);
  }

  /** Decides a command and carries out what a store would; a rejection changes nothing. */
  send(command: RunCommand): Handled {
    const handled = handleCommand(this.state, command, this.now);
    // Answered is answered, whatever the run makes of it.
    if (command.kind === 'complete-job') this.queue.delete(command.job.jobId);
    if (handled.ok) this.#apply(handled);
    return handled;
  }

  /** Decides a command that must be accepted. */
  accept(command: RunCommand): void {
    const handled = this.send(command);
    if (!handled.ok) throw new Error(`refused: ${handled.rejection.code}, ${handled.rejection.message}`);
  }

  /** Decides a command that must be refused, and says with which code. */
  refusal(command: RunCommand): string {
    const before = this.state;
    const handled = this.send(command);
    if (handled.ok) throw new Error(`${command.kind} was accepted`);
    if (this.state !== before) throw new Error('a refused command changed the state');
    return handled.rejection.code;
  }

  /** Does a queued job and says what came of it. */
  complete(job: Job, outcome: JobOutcome = this.perform(job)): Handled {
    return this.send({ kind: 'complete-job', job, outcome });
  }

  /** Does a job, and keeps to itself what came of it. */
  perform(job: Job): JobOutcome {
    if (job.kind === 'start-agent') {
      this.send({ kind: 'begin-attempt', attemptId: job.attemptId, jobId: job.jobId, epoch: job.epoch });
    }
    return this.node.perform(job);
  }

  /** Plays the turn of an attempt's agent to its end, as its script says. */
  playTurn(attemptId: string): void {
    const host = known(this.node.hosts.get(attemptId), `host of ${attemptId}`);
    host.isWorking = false;
    const behaviour = this.#behaviourOf(attemptId, host.turn);
    if (behaviour.kind === 'silent') return;
    const { epoch } = host.job;
    if (behaviour.kind === 'lost') {
      this.node.hosts.delete(attemptId);
      this.send({ kind: 'lose-attempt', attemptId, epoch, reason: 'its lease ended' });
      return;
    }
    for (const command of this.wordsOf(attemptId, behaviour)) this.send(command);
  }

  /** What a host says of a turn that its agent played so. */
  wordsOf(attemptId: string, behaviour: Extract<Behaviour, { outcome: unknown }>): readonly NodeCommand[] {
    const host = known(this.node.hosts.get(attemptId), `host of ${attemptId}`);
    const { role, epoch } = host.job;
    const outcome = { ...behaviour.outcome, usage: behaviour.outcome.usage ?? this.usage };
    const given = behaviour.kind === 'reports' ? behaviour.report : null;
    const said = outcome.kind === 'completed' ? outcome.report : null;
    const isWork = (role === 'implementer' || role === 'resolver') && (given ?? said)?.kind === 'work';
    if (isWork) this.node.commitWork(attemptId, this.#filesOf(attemptId));
    host.evidence = behaviour.evidence ?? {};
    const documentOf = (report: typeof given): string | null =>
      report?.kind === 'plan' ? this.#keep(report.markdown) : null;
    const reportedPlan = given?.kind === 'plan' ? given.markdown : null;
    const base = { attemptId, epoch };
    const report: NodeCommand[] =
      given === null ? [] : [{ kind: 'report', ...base, report: given, document: documentOf(given) }];
    return [
      ...report,
      { kind: 'end-turn', ...base, turn: host.turn, outcome, document: documentOf(said), reportedPlan },
    ];
  }

  fireTimer(timerId: string): Handled {
    const timer = known(this.timers.get(timerId), `timer ${timerId}`);
    this.timers.delete(timerId);
    this.now = Math.max(this.now, timer.dueAt);
    return this.send(
      timer.attemptId === null
        ? { kind: 'fire-task-timer', taskId: known(timer.taskId, 'task of the timer') }
        : { kind: 'fire-attempt-timer', attemptId: timer.attemptId },
    );
  }

  /** The next thing a node or a clock does: jobs first, then turns, then timers. False when there is nothing. */
  step(): boolean {
    this.now += 1_000;
    const [job] = this.queue.values();
    if (job) {
      this.complete(job);
      return true;
    }
    const working = [...this.node.hosts.entries()].find(([, host]) => host.isWorking);
    if (working) {
      this.playTurn(working[0]);
      return true;
    }
    const [next] = [...this.timers.entries()].toSorted(([, a], [, b]) => a.dueAt - b.dueAt);
    if (next) this.fireTimer(next[0]);
    return next !== undefined;
  }

  /** Goes on until nothing more happens by itself. */
  toRest(): this {
    for (let step = 0; step < MAX_STEPS; step += 1) if (!this.step()) return this;
    throw new Error(`run ${this.state.id} does not come to rest`);
  }

  /** Goes on until something holds. */
  until(holds: (run: this) => boolean): this {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (holds(this)) return this;
      if (!this.step()) break;
    }
    throw new Error(`it never came to hold; the run is ${this.status}`);
  }

  /** Goes on until an attempt of a task is at work. */
  untilRunning(name: string, number = 1): this {
    return this.until(() => this.attempts(name)[number - 1]?.status === 'running');
  }

  /** Proves that folding all events anew gives the state (G02). */
  assertReplay(): void {
    this.#invariants.assertReplay();
  }

  /** The turn that an attempt's agent is in. */
  turnOf(attemptId: string, turn: number): Turn {
    const attempt = attemptOf(this.state, attemptId);
    const task = taskOf(this.state, attempt.taskId);
    const sameRole = attemptsOfTask(this.state, task.id).filter((each) => each.role === attempt.role);
    return {
      role: attempt.role,
      phase: task.phase,
      task,
      attempt,
      roleAttempt: sameRole.findIndex((each) => each.id === attemptId) + 1,
      turn,
      open: findingsToJudge(this.state, attempt).map((finding) => finding.id),
    };
  }

  #behaviourOf(attemptId: string, turn: number): Behaviour {
    const context = this.turnOf(attemptId, turn);
    const scripted = this.options.script?.[context.role]?.(context);
    return scripted ?? goodBehaviour(context, this.options.plans);
  }

  #filesOf(attemptId: string): readonly string[] {
    const { spec, conflict } = taskOf(this.state, attemptOf(this.state, attemptId).taskId);
    // Of a folder, one that is in it.
    return (spec?.files ?? conflict?.files ?? []).map((path) => (path.endsWith('/') ? `${path}a.ts` : path));
  }

  #keep(text: string): string {
    if (!this.documents.includes(text)) this.documents.push(text);
    return `document-${this.documents.indexOf(text)}`;
  }

  #apply(transition: Transition): void {
    const before = this.state;
    this.state = transition.state;
    this.events.push(...transition.events);
    for (const effect of transition.effects) this.#carryOut(effect);
    this.#invariants.assertAfter(before, transition);
  }

  #carryOut(effect: EffectOfEvent): void {
    switch (effect.kind) {
      case 'enqueue':
        this.queue.set(effect.job.jobId, effect.job);
        return;
      case 'withdraw':
        this.queue.delete(effect.jobId);
        return;
      case 'set-timer':
        this.timers.set(effect.timerId, effect);
        return;
      case 'clear-timer':
        this.timers.delete(effect.timerId);
        return;
      case 'grant-lease':
        this.leases.add(effect.attemptId);
        return;
      case 'release-lease':
        this.leases.delete(effect.attemptId);
        return;
      case 'tell-attempt':
        return;
    }
  }
}
