import type { CreateRun, Rejection, RunCommand } from './command.ts';
import { createRun } from './decide/create-run.ts';
import { decide } from './decide/decide.ts';
import type { Effect } from './effects/effect.ts';
import { effects } from './effects/effects.ts';
import { evolve, initialState } from './evolve/evolve.ts';
import type { RecordedEvent, RunEvent } from './event.ts';
import { fixpoint } from './fixpoint.ts';
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

/** Decides a command and everything that follows from it at once. */
export function handleCommand(state: RunState, command: RunCommand, now: number): Handled {
  const decision = decide(state, command, now);
  if (!decision.ok) return decision;
  return settleSchedule(fold({ state, events: [], effects: [] }, decision.events, now), now);
}

/** The first transition of a run. */
export function handleCreate(command: CreateRun, now: number): Transition {
  const { created, rest } = createRun(command);
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
  const settled = fixpoint(folded, (current) => {
    const events = schedule(current.state, now);
    return events.length === 0 ? null : fold(current, events, now);
  });
  return { ok: true, ...settled };
}
