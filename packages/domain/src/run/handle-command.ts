import type { CreateRun, Rejection, RunCommand } from './command.ts';
import { createRun } from './decide/create-run.ts';
import { decide } from './decide/decide.ts';
import { type Effect, effects } from './effects.ts';
import { evolve, initialState } from './evolve/evolve.ts';
import type { RecordedEvent, RunEvent } from './event.ts';
import { schedule } from './schedule/schedule.ts';
import type { RunState } from './state.ts';

/** What a command leads to: everything one transaction writes. */
export interface Transition {
  readonly ok: true;
  readonly state: RunState;
  readonly events: readonly RecordedEvent[];
  readonly effects: readonly EffectOfEvent[];
}

export type EffectOfEvent = Effect & {
  /** The number of the event that caused it. */
  readonly causedBy: number;
};

export type Handled = Transition | { readonly ok: false; readonly rejection: Rejection };

/**
 * More rounds than any run could need between two commits; past it the rules contradict each other, which must be loud.
 */
const MAX_SCHEDULE_ROUNDS = 10_000;

/** Decides a command and everything that follows from it at once. */
export function handleCommand(state: RunState, command: RunCommand, now: number): Handled {
  const decision = decide(state, command, now);
  if (!decision.ok) return decision;
  return settleSchedule(fold({ state, events: [], effects: [] }, decision.events, now), now);
}

/** The first transition of a run. */
export function handleCreate(command: CreateRun, now: number): Transition {
  const [created, ...rest] = createRun(command);
  if (created?.type !== 'run.created') throw new Error('a run begins with run.created');
  const first: RecordedEvent = { ...created, runId: command.runId, number: 1, at: now };
  const started = { state: initialState(first), events: [first], effects: [] };
  return settleSchedule(fold(started, rest, now), now);
}

interface Folded {
  readonly state: RunState;
  readonly events: readonly RecordedEvent[];
  readonly effects: readonly EffectOfEvent[];
}

function fold(folded: Folded, events: readonly RunEvent[], now: number): Folded {
  let { state } = folded;
  const recorded = [...folded.events];
  const caused = [...folded.effects];
  for (const event of events) {
    const next: RecordedEvent = { ...event, runId: state.id, number: state.revision + 1, at: now };
    const after = evolve(state, next);
    for (const effect of effects(state, next, after)) caused.push({ ...effect, causedBy: next.number });
    recorded.push(next);
    state = after;
  }
  return { state, events: recorded, effects: caused };
}

function settleSchedule(folded: Folded, now: number): Transition {
  let current = folded;
  for (let round = 0; round < MAX_SCHEDULE_ROUNDS; round += 1) {
    const events = schedule(current.state, now);
    if (events.length === 0) return { ok: true, ...current };
    current = fold(current, events, now);
  }
  throw new Error(`the schedule of run ${current.state.id} does not come to rest`);
}
