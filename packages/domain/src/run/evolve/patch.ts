import type { Attempt } from '../attempt.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';

export function patchTask(state: RunState, taskId: string, patch: Partial<Task>): RunState {
  return { ...state, tasks: { ...state.tasks, [taskId]: { ...taskOf(state, taskId), ...patch } } };
}

export function patchAttempt(state: RunState, attemptId: string, patch: Partial<Attempt>): RunState {
  return {
    ...state,
    attempts: { ...state.attempts, [attemptId]: { ...attemptOf(state, attemptId), ...patch } },
  };
}

export function countId(state: RunState, kind: keyof RunState['counters']): RunState {
  return { ...state, counters: { ...state.counters, [kind]: state.counters[kind] + 1 } };
}

export function useSlot(state: RunState, slot: number): RunState {
  if (state.slots.includes(slot)) return state;
  return { ...state, slots: [...state.slots, slot].toSorted((a, b) => a - b) };
}
