import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import type { Secret } from '@tina/agents';
import { endMarkedProcesses, readProcessIdentity } from '../process/index.ts';
import type { EnvironmentMarker } from '../process/index.ts';
import { CommandOutput } from './command-output.ts';
import type { KeptOutput } from './command-output.ts';

/** From SIGTERM to SIGKILL, for a command that ran out of time or is not wanted any more. */
const STOP_GRACE_MS = 2_000;
/** How long a pipe that nobody should hold any more may stay open. */
const DRAIN_LIMIT_MS = 1_000;
/** What a timer of Node can hold: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One pipe for both streams keeps their order; the inner shell takes the place of the outer one. */
const BOTH_STREAMS = 'exec /bin/sh -c "$0" 2>&1';

export interface RunCommand {
  /** A command line for `/bin/sh`. */
  readonly command: string;
  readonly cwd: string;
  /** The whole environment: the caller decides what a command may know. */
  readonly env: Readonly<Record<string, string>>;
  /** The file that takes the output, stdout and stderr as they came; an earlier one is replaced. */
  readonly outputPath: string;
  readonly timeoutMs: number;
  /** What must not be seen of the output, neither in the file nor in its end (G30). */
  readonly secrets?: readonly Secret[];
  /**
   * Added to the environment, so that what the command leaves behind is found wherever it has gone. Must be this
   * command's alone. Default: one that is made up.
   */
  readonly marker?: EnvironmentMarker;
  readonly signal?: AbortSignal;
}

export type CommandEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'not_started'; readonly reason: string };

export interface CommandRun {
  readonly end: CommandEnd;
  readonly durationMs: number;
  readonly output: KeptOutput;
}

/**
 * Runs a command line in a process group of its own, without input. When it ends, by itself or because its time is over,
 * nothing that it started is left running (G14). Throws the signal's reason when it is aborted.
 */
export async function runCommand(parameters: RunCommand): Promise<CommandRun> {
  parameters.signal?.throwIfAborted();
  const startedAt = performance.now();
  const output = await CommandOutput.open(parameters.outputPath, parameters.secrets);
  try {
    const end = await runInto(output, parameters);
    return { end, durationMs: Math.round(performance.now() - startedAt), output: await output.finish() };
  } finally {
    await output.finish();
  }
}

async function runInto(output: CommandOutput, parameters: RunCommand): Promise<CommandEnd> {
  const { signal, timeoutMs, marker = { TINA_COMMAND: randomUUID() } } = parameters;
  const started = await startCommand({ ...parameters, marker });
  if (started.kind === 'not_started') return started;
  const { child, pid, exited } = started;
  const collected = collect(child.stdout, output);
  const leader = await readProcessIdentity(pid);
  const first = await firstOf(exited, timeoutMs, signal);
  const hasJustEnded = first.kind === 'exited' || first.kind === 'signalled';
  const group = { pid, startTime: leader?.startTime ?? 'ended before it was looked at', hasJustEnded };
  await endMarkedProcesses({ marker, processGroups: [group], graceMs: hasJustEnded ? 0 : STOP_GRACE_MS });
  await Promise.race([collected, delay(DRAIN_LIMIT_MS)]);
  child.stdout.destroy();
  await collected;
  if (first.kind === 'aborted') throw first.reason;
  return first;
}

interface Started {
  readonly kind: 'started';
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly pid: number;
  readonly exited: Promise<CommandEnd>;
}

async function startCommand({
  command,
  cwd,
  env,
  marker,
}: RunCommand): Promise<Started | Extract<CommandEnd, { kind: 'not_started' }>> {
  try {
    const child = spawn('/bin/sh', ['-c', BOTH_STREAMS, command], {
      cwd,
      env: { ...env, ...marker },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = new Promise<CommandEnd>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve(toEnd(exitCode, signal)));
    });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error('it has no process');
    return { kind: 'started', child, pid: child.pid, exited };
  } catch (error) {
    return { kind: 'not_started', reason: error instanceof Error ? error.message : String(error) };
  }
}

function toEnd(exitCode: number | null, signal: NodeJS.Signals | null): CommandEnd {
  return signal === null ? { kind: 'exited', exitCode: exitCode ?? 0 } : { kind: 'signalled', signal };
}

async function collect(stream: Readable, output: CommandOutput): Promise<void> {
  try {
    for await (const chunk of stream) await output.write(chunk as Buffer);
  } catch {
    // The pipe was closed because something that could not be ended still holds it.
  }
}

type Aborted = { readonly kind: 'aborted'; readonly reason: unknown };

/** How the command ended, or that it has to be ended. */
async function firstOf(
  exited: Promise<CommandEnd>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<CommandEnd | Aborted> {
  const settled = new AbortController();
  const timedOut = delay(Math.min(timeoutMs, LONGEST_TIMER_MS), { kind: 'timed_out' } as const, {
    signal: settled.signal,
  });
  try {
    return await Promise.race([exited, timedOut, ...(signal ? [aborted(signal, settled.signal)] : [])]);
  } finally {
    settled.abort();
  }
}

async function aborted(signal: AbortSignal, settled: AbortSignal): Promise<Aborted> {
  if (!signal.aborted) await once(signal, 'abort', { signal: settled });
  return { kind: 'aborted', reason: signal.reason };
}
