import type { RunEventPayloads, RunEventType } from '../event.ts';
import type { RunState } from '../state.ts';

/** How one event changes the state. `at` is the event's time. */
export type Handler<T extends RunEventType> = (
  state: RunState,
  data: RunEventPayloads[T],
  at: number,
) => RunState;

export type Handlers<T extends RunEventType> = { readonly [K in T]: Handler<K> };
