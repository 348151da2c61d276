import type { Attempt, RunState, Task } from '../state.ts';

export function taskOf(state: RunState, taskId: string): Task {
  const task = state.tasks[taskId];
  if (!task) throw new Error(`run ${state.id} has no task ${taskId}`);
  return task;
}

export function attemptOf(state: RunState, attemptId: string): Attempt {
  const attempt = state.attempts[attemptId];
  if (!attempt) throw new Error(`run ${state.id} has no attempt ${attemptId}`);
  return attempt;
}

export function patchTask(state: RunState, taskId: string, patch: Partial<Task>): RunState {
  return { ...state, tasks: { ...state.tasks, [taskId]: { ...taskOf(state, taskId), ...patch } } };
}

export function patchAttempt(state: RunState, attemptId: string, patch: Partial<Attempt>): RunState {
  return { ...state, attempts: { ...state.attempts, [attemptId]: { ...attemptOf(state, attemptId), ...patch } } };
}

export function countId(state: RunState, kind: keyof RunState['counters']): RunState {
  return { ...state, counters: { ...state.counters, [kind]: state.counters[kind] + 1 } };
}

export function useSlot(state: RunState, slot: number): RunState {
  return state.slots.includes(slot) ? state : { ...state, slots: [...state.slots, slot].sort((a, b) => a - b) };
}
