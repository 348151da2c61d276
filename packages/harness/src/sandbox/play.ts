import type { RunView, TaskDetailView } from '@tina/contract';
import type { Sandbox } from './sandbox.ts';

/** How a run of a sandbox came out. */
export interface Played {
  /** Of `tina wait`: 0 complete, 1 blocked or cancelled. */
  readonly code: number;
  readonly run: RunView;
  /** A task with all its attempts, by its name. */
  task(name: string): Promise<TaskDetailView>;
}

/** Runs a design in the sandbox until it is complete, blocked or cancelled. */
export async function play(sandbox: Sandbox, design: string, ...flags: readonly string[]): Promise<Played> {
  const path = await sandbox.write('docs/sample-design.md', design);
  const started = await sandbox.tina('orchestrate', path, '--finalize', 'merge', '--detach', ...flags);
  if (started.code !== 0) throw new Error(`the run did not start: ${started.stderr}${started.stdout}`);
  const code = await sandbox.wait('sample');
  return played(sandbox, code);
}

/** The run as it stands now. */
export async function played(sandbox: Sandbox, code: number): Promise<Played> {
  const run = await sandbox.json<RunView>('status', 'sample');
  return {
    code,
    run,
    task: (name) => sandbox.json<TaskDetailView>('task', `${run.id}/${name}`),
  };
}
