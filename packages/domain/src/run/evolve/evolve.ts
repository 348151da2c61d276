import type { RecordedEvent, RunEventType } from '../event.ts';
import type { RunState } from '../state.ts';
import { attemptHandlers } from './attempt-handlers.ts';
import { budgetHandlers } from './budget-handlers.ts';
import type { Handler, Handlers } from './handlers.ts';
import { messageHandlers } from './message-handlers.ts';
import { runHandlers } from './run-handlers.ts';
import { taskHandlers } from './task-handlers.ts';
import { workHandlers } from './work-handlers.ts';

const HANDLERS: Handlers<Exclude<RunEventType, 'run.created'>> = {
  ...runHandlers,
  ...taskHandlers,
  ...attemptHandlers,
  ...workHandlers,
  ...messageHandlers,
  ...budgetHandlers,
};

/** Folds one event into the state. Pure: the same events give the same state (G02). */
export function evolve(state: RunState, event: RecordedEvent): RunState {
  if (event.type === 'run.created') throw new Error(`run ${state.id} was created already`);
  if (event.number !== state.revision + 1) {
    throw new Error(`run ${state.id} is at event ${state.revision}; event ${event.number} does not follow`);
  }
  // The table has one handler for each type; the compiler cannot see that type and payload belong together.
  const handle = HANDLERS[event.type] as Handler<RunEventType>;
  return { ...handle(state, event.data, event.at), revision: event.number };
}

/** The state after a run's first event. */
export function initialState(event: RecordedEvent): RunState {
  if (event.type !== 'run.created' || event.number !== 1) {
    throw new Error(`a run begins with run.created, not with ${event.type} number ${event.number}`);
  }
  const { runId, ...facts } = event.data;
  return {
    ...facts,
    id: runId,
    revision: 1,
    control: 'active',
    ending: null,
    cancelReason: null,
    blocked: null,
    createdAt: event.at,
    endedAt: null,
    tip: null,
    phases: [],
    teams: {},
    tasks: {},
    attempts: {},
    findings: {},
    gates: {},
    messages: {},
    questions: {},
    baseline: [],
    slots: [],
    slotsRemoval: 'none',
    counters: { m: 0, t: 0, a: 0, f: 0, g: 0, j: 0 },
  };
}
