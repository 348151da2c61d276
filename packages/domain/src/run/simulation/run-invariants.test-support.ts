import { evolve, initialState } from '../evolve/evolve.ts';
import type { Transition } from '../handle-command.ts';
import { checkHistory, checkTransition } from '../invariant/check-history.ts';
import { awaitedJobs, awaitedTimers } from '../invariant/check-waits.ts';
import type { Violation } from '../invariant/violation.ts';
import { known, taskOf } from '../lookup.ts';
import { isActive, unsettledAttempts } from '../queries.ts';
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
    const { state, events } = transition;
    this.#assertFolds(transition);
    this.#assertEffects(transition);
    assert(schedule(state, this.#run.now).length === 0, 'the schedule is at rest');
    assertNone(checkTransition(events[0]?.number === 1 ? null : before, state, events));
    assertUnchanged(before, state);
    assertStartsNothing(before, transition);
    this.#assertLanded(state);
    this.#assertKept(state);
    this.#assertMerged(state);
  }

  assertReplay(): void {
    const [first, ...rest] = roundTrip(this.#run.events);
    const folded = rest.reduce(evolve, initialState(known(first, 'first event')));
    assertSame(folded, this.#run.state, 'all events fold to the state (G02)');
    assertNone(checkHistory(this.#run.events));
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

  /** What a task or an attempt waits for is in the queue, the timers and the leases; and what is there is waited for. */
  #assertKept(state: RunState): void {
    const { queue, timers, leases } = this.#run;
    for (const attempt of Object.values(state.attempts)) {
      if (!isActive(attempt) || attempt.status === 'requested') continue;
      assert(leases.has(attempt.id), `attempt ${attempt.id} is leased`);
    }
    if (state.slotsRemoval === 'requested') return;
    const jobs = awaitedJobs(state);
    for (const id of queue.keys()) assert(jobs.has(id), `job ${id} is waited for`);
    assertSame([...timers.keys()].toSorted(), [...awaitedTimers(state)].toSorted(), 'timers are waited for');
    for (const id of leases) assert(!state.attempts[id]?.settled, `settled attempt ${id} has no lease`);
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

function assertUnchanged(before: RunState, after: RunState): void {
  if (before.control !== 'ended' || before === after) return;
  const { revision: _1, attempts: _2, slots: _3, slotsRemoval: _4, counters: _5, ...was } = before;
  const { revision: _6, attempts: _7, slots: _8, slotsRemoval: _9, counters: _0, ...is } = after;
  assertSame(is, was, 'an ended run changes no more');
}

function assertNone(violations: readonly Violation[]): void {
  const [first] = violations;
  assert(!first, first ? `${first.guarantee}: ${first.message}` : '');
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
