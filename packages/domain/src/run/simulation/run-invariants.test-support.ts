import { evolve, initialState } from '../evolve/evolve.ts';
import type { Transition } from '../handle-command.ts';
import { known, taskOf } from '../lookup.ts';
import { isActive, isDone, isStuck, isUnderWay, unsettledAttempts } from '../queries.ts';
import { schedule } from '../schedule/schedule.ts';
import type { RunState } from '../state.ts';
import type { SimulatedRun } from './simulated-run.test-support.ts';

/** What must hold of a run after every command, whatever happened to it. */
export class RunInvariants {
  readonly #run: SimulatedRun;
  readonly #jobIds = new Set<string>();
  #folded: RunState | null = null;

  constructor(run: SimulatedRun) {
    this.#run = run;
  }

  assertAfter(before: RunState, transition: Transition): void {
    const { state } = transition;
    this.#assertFolds(transition);
    this.#assertEffects(transition);
    assert(schedule(state, this.#run.now).length === 0, 'the schedule is at rest');
    assertSlots(state);
    assertDependencies(state);
    assertEnd(before, state);
    assertStartsNothing(before, transition);
    assertRetries(state);
    this.#assertLanded(state);
    assertNamed(state);
    this.#assertAwaited(state);
    this.#assertGates(state);
    this.#assertMerged(state);
  }

  assertReplay(): void {
    const [first, ...rest] = roundTrip(this.#run.events);
    const folded = rest.reduce(evolve, initialState(known(first, 'first event')));
    assertSame(folded, this.#run.state, 'all events fold to the state (G02)');
  }

  /** Event by event, each through JSON, onto a state that went through JSON. */
  #assertFolds({ state, events }: Transition): void {
    let folded = this.#folded;
    for (const event of roundTrip(events)) folded = folded ? evolve(folded, event) : initialState(event);
    const text = JSON.stringify(state);
    assertSameText(JSON.stringify(folded), text, 'the events fold to the state (G02)');
    this.#folded = JSON.parse(text) as RunState;
  }

  #assertEffects({ effects }: Transition): void {
    const enqueued = new Set<string>();
    for (const effect of effects) {
      if (effect.kind === 'enqueue') {
        const { jobId } = effect.job;
        assert(!this.#jobIds.has(jobId), `job ${jobId} is enqueued once`);
        this.#jobIds.add(jobId);
        enqueued.add(jobId);
      }
      if (effect.kind === 'withdraw') {
        assert(this.#jobIds.has(effect.jobId), `job ${effect.jobId} was enqueued before it is withdrawn`);
        assert(!enqueued.has(effect.jobId), `job ${effect.jobId} is not withdrawn at once`);
      }
    }
  }

  /** What a task or an attempt waits for is there; and what is there is waited for. */
  #assertAwaited(state: RunState): void {
    const { queue, timers, leases } = this.#run;
    const jobs = new Set<string>();
    const dueTimers = new Set<string>();
    for (const task of Object.values(state.tasks)) {
      const waits = task.waitsFor;
      if (waits === null) continue;
      assert(task.status === 'in_progress', `task ${task.id} waits only while in progress`);
      if (waits.kind === 'job') jobs.add(waits.jobId);
      if (waits.kind === 'timer') dueTimers.add(task.id);
      if (waits.kind === 'attempt') {
        const attempt = known(state.attempts[waits.attemptId], waits.attemptId);
        // A run that is cancelled waits for nobody who is stuck.
        const willEnd = !isStuck(attempt) || state.control === 'cancelling';
        assert(!attempt.settled && willEnd, `attempt ${attempt.id} will be settled`);
      }
    }
    for (const attempt of Object.values(state.attempts)) {
      const wants = [attempt.jobId, attempt.continueJobId].filter((id) => id !== null);
      for (const id of wants) jobs.add(id);
      if (attempt.status === 'parked' && attempt.parkedUntil !== null) dueTimers.add(attempt.id);
      if (!isActive(attempt) || attempt.status === 'requested') continue;
      assert(leases.has(attempt.id), `attempt ${attempt.id} is leased`);
    }
    if (state.slotsRemoval === 'requested') return;
    for (const id of queue.keys()) assert(jobs.has(id), `job ${id} is waited for`);
    assertSame([...timers.keys()].toSorted(), [...dueTimers].toSorted(), 'timers are waited for');
    for (const id of leases) assert(!state.attempts[id]?.settled, `settled attempt ${id} has no lease`);
  }

  #assertGates(state: RunState): void {
    const asked = Object.values(state.tasks).flatMap(({ waitsFor }) =>
      waitsFor?.kind === 'gate' ? [waitsFor.gateId] : [],
    );
    const open = Object.values(state.gates).filter((gate) => gate.status === 'open');
    assertSame(asked.toSorted(), open.map((gate) => gate.id).toSorted(), 'open gates are waited for');
  }

  #assertLanded({ ending }: RunState): void {
    if (ending?.kind !== 'merged') return;
    const { repository } = this.#run.node;
    assert(repository.contains(repository.base, ending.commit), 'a merged run is in the base (G05)');
  }

  /** The tip contains what every completed task made, and new work begins with what it depends on (G19). */
  #assertMerged(state: RunState): void {
    const { repository } = this.#run.node;
    for (const task of Object.values(state.tasks)) {
      if (task.kind !== 'phase-task' || task.status !== 'completed') continue;
      const work = known(task.workCommit, `work of ${task.id}`);
      assert(repository.contains(known(state.tip, 'tip'), work), `the tip contains the work of ${task.id}`);
    }
    for (const { taskId, startCommit, role } of unsettledAttempts(state)) {
      if (role !== 'implementer') continue;
      for (const id of taskOf(state, taskId).dependsOn) {
        const { status, mergedCommit } = taskOf(state, id);
        if (status !== 'completed' || mergedCommit === null) continue;
        assert(repository.contains(startCommit, mergedCommit), `${taskId} begins with ${id} merged`);
      }
    }
  }
}

function assertSlots(state: RunState): void {
  const unsettled = unsettledAttempts(state);
  const ofJobs = Object.values(state.tasks).flatMap(({ waitsFor }) =>
    waitsFor?.kind === 'job' && waitsFor.slot !== null ? [waitsFor.slot] : [],
  );
  const held = [...unsettled.map((attempt) => attempt.slot), ...ofJobs];
  assert(new Set(held).size === held.length, 'no slot is held twice');
  const tasks = unsettled.map((attempt) => attempt.taskId);
  assert(new Set(tasks).size === tasks.length, 'a task has one unsettled attempt at most');
  const working = unsettled.filter((attempt) => isActive(attempt) && attempt.status !== 'parked').length;
  assert(working + ofJobs.length <= state.policy.parallelAgents, 'no more work than may');
  assert(
    held.every((slot) => state.slots.includes(slot)),
    'used slots are known',
  );
}

/** A paused run lets attempts end, and a cancelled one clears up; neither starts anything. */
function assertStartsNothing(before: RunState, { state, effects }: Transition): void {
  if (before.control === 'active' || state.control === 'active') return;
  const allowed = ['settle-attempt', 'remove-slots'];
  if (state.control === 'paused') allowed.push('collect-evidence', 'continue-agent');
  for (const effect of effects) {
    if (effect.kind !== 'enqueue') continue;
    assert(allowed.includes(effect.job.kind), `a run that is ${state.control} starts no ${effect.job.kind}`);
  }
}

function assertRetries(state: RunState): void {
  const { failure, output, lost } = state.policy.retries;
  for (const { id, retries, reviewRounds, conflictRounds } of Object.values(state.tasks)) {
    const isWithin = retries.failure <= failure && retries.output <= output && retries.lost <= lost;
    assert(isWithin, `task ${id} has no more retries than it may`);
    assert(reviewRounds <= state.policy.maxReviewRounds && conflictRounds <= 3, `rounds of task ${id}`);
  }
  const depths = state.phases.map((phase) => phase.number.split('.').length - 1);
  assert(Math.max(...depths) <= state.policy.maxRemediationDepth, 'no deeper remediations than may be');
}

function assertDependencies(state: RunState): void {
  for (const task of Object.values(state.tasks)) {
    if (task.status === 'pending' || task.status === 'skipped' || task.status === 'cancelled') continue;
    for (const id of task.dependsOn) {
      assert(isDone(taskOf(state, id)), `${task.name} is ${task.status}, and what it depends on is done`);
    }
  }
  const merging = Object.values(state.tasks).filter(
    (task) => task.step === 'merge' && task.waitsFor?.kind === 'job',
  );
  assert(merging.length <= 1, 'one merge at a time (G20)');
}

function assertEnd(before: RunState, after: RunState): void {
  if (after.control === 'ended' && after.ending?.kind !== 'cancelled') {
    const open = Object.values(after.findings).filter((finding) => finding.status === 'open');
    assert(open.length === 0, 'a complete run has no open findings (G05)');
    assert(Object.values(after.tasks).every(isDone), 'all tasks of a complete run are done');
  }
  if (before.control !== 'ended' || before === after) return;
  const { revision: _1, attempts: _2, slots: _3, slotsRemoval: _4, counters: _5, ...was } = before;
  const { revision: _6, attempts: _7, slots: _8, slotsRemoval: _9, counters: _0, ...is } = after;
  assertSame(is, was, 'an ended run changes no more');
}

/** A run at which nothing goes on says why (G05). */
function assertNamed(state: RunState): void {
  const blocked = Object.values(state.tasks).filter((task) => task.status === 'blocked');
  if (state.blocked) {
    assert(!isUnderWay(state), 'a blocked run has nothing under way');
    const named = state.blocked.map((each) => each.taskId);
    assertSame(
      named,
      blocked.map((task) => task.id),
      'a blocked run names its blocked tasks',
    );
  }
  if (state.control === 'ended' || state.control === 'paused' || isUnderWay(state)) return;
  assert(state.control === 'active' && state.blocked !== null, 'a run at rest is ended, paused or blocked');
}

function roundTrip<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function assertSame(actual: unknown, expected: unknown, what: string): void {
  assertSameText(JSON.stringify(actual), JSON.stringify(expected), what);
}

function assertSameText(left: string, right: string, what: string): void {
  if (left === right) return;
  let at = 0;
  while (left[at] === right[at]) at += 1;
  const from = Math.max(0, at - 80);
  throw new Error(`violated: ${what}\n${left.slice(from, at + 80)}\n${right.slice(from, at + 80)}`);
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(`violated: ${what}`);
}
