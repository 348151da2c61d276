import type { AttemptView, EventView, RunView, TaskDetailView } from '@tina/contract';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';

/** A run as `tina status` tells of it. */
export function runOf(sandbox: Sandbox, run = 'sample'): Promise<RunView> {
  return sandbox.json('status', run);
}

/** A task of the run `sample` with all its attempts. */
export function taskOf(sandbox: Sandbox, name: string): Promise<TaskDetailView> {
  return sandbox.json('task', `sample/${name}`);
}

/** The attempts of a task, by a role or all of them. */
export async function attemptsOf(
  sandbox: Sandbox,
  task: string,
  role?: string,
): Promise<readonly AttemptView[]> {
  const { allAttempts } = await taskOf(sandbox, task);
  return allAttempts.filter((attempt) => role === undefined || attempt.role === role);
}

/** The only attempt of a task, or the first. */
export async function firstAttemptOf(sandbox: Sandbox, task: string): Promise<AttemptView> {
  const [first] = await attemptsOf(sandbox, task);
  if (first === undefined) throw new Error(`task ${task} has no attempt`);
  return first;
}

/** All that happened in a run. */
export function eventsOf(sandbox: Sandbox, run = 'sample'): Promise<readonly EventView[]> {
  return sandbox.jsonLines('events', run);
}

/** What an attempt's agent was told in its first turn. */
export function promptOf(sandbox: Sandbox, attempt: AttemptView | undefined): Promise<string> {
  return readFile(join(sandbox.home, 'state/attempts', String(attempt?.id), 'prompt.md'), 'utf8');
}
