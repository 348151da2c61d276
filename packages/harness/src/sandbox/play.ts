import type { ProcedureOutput, RunView, TaskDetailView } from '@tina/contract';
import type { Sandbox } from './sandbox.ts';
import { until } from './until.ts';

/** How a run of a sandbox came out. */
export interface Played {
  /** Of `tina wait`: 0 complete, 1 blocked or cancelled. */
  readonly code: number;
  readonly run: RunView;
  /** A task with all its attempts, by its name. */
  readonly task: (name: string) => Promise<TaskDetailView>;
}

/** Starts a run of the design, with the feature `sample`, and does not follow it. It merges, unless the flags say otherwise. */
export async function start(
  sandbox: Sandbox,
  design: string,
  ...flags: readonly string[]
): Promise<ProcedureOutput<'run.create'>> {
  const path = await sandbox.write('docs/sample-design.md', design);
  const finalize = flags.includes('--finalize') ? [] : ['--finalize', 'merge'];
  const { started } = await sandbox.json<{ readonly started: ProcedureOutput<'run.create'> }>(
    'orchestrate',
    path,
    '--detach',
    ...finalize,
    ...flags,
  );
  return started;
}

/** Runs a design in the sandbox until it is complete, blocked or cancelled. */
export async function play(sandbox: Sandbox, design: string, ...flags: readonly string[]): Promise<Played> {
  await start(sandbox, design, ...flags);
  return played(sandbox, await sandbox.wait('sample'));
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

/** The revision of a run whose only agent is held at its work: nothing moves it but commands. */
export async function revisionAtWork(sandbox: Sandbox): Promise<number> {
  let view: RunView | undefined;
  await until('its agent is at work', async () => {
    view = await sandbox.json<RunView>('status', 'sample');
    return view.attempts.length === 1 && view.attempts[0]?.status === 'running';
  });
  return Number(view?.revision);
}
