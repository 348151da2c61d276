import { TinaError, UnreachableError, formatDuration, type GateView, type RunView } from '@tina/contract';
import { stopped } from '../follow/conclude.ts';
import { isOver } from '../follow/follow-run.ts';
import { interrupted } from '../follow/interrupted.ts';
import { resubscribe } from '../follow/resubscribe.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { openClient } from '../program/with-client.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';

/** Exit codes beside 0. */
const BLOCKED_OR_CANCELLED = 1;
const TIMEOUT = 2;
const LOST = 3;

interface Flags {
  readonly timeout: number | undefined;
  readonly json: boolean;
}

export async function wait(context: CliContext, flags: Flags, run: string): Promise<void> {
  const stop = new AbortController();
  const timer = flags.timeout === undefined ? undefined : setTimeout(() => stop.abort(), flags.timeout);
  try {
    const view = await untilInterrupted(context.io, (signal) =>
      untilOver(context, run, AbortSignal.any([signal, stop.signal])),
    );
    if (view === INTERRUPTED) return interrupted(context, `tina wait ${run}`, flags.json);
    if (view === null) {
      context.process.exitCode = TIMEOUT;
      throw tooLong(run, flags.timeout ?? 0);
    }
    context.process.exitCode = view.status === 'complete' ? 0 : BLOCKED_OR_CANCELLED;
    if (flags.json) printJson(context.io, view);
    else
      printLines(context.io, [
        `run ${view.id} is ${view.status}`,
        ...(view.status === 'complete' ? [] : [`next: tina status ${view.id}`]),
      ]);
  } catch (error) {
    const isLost =
      error instanceof UnreachableError || (error instanceof TinaError && error.code === 'no_such_run');
    if (isLost) context.process.exitCode = LOST;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The run when it is over; null when the time is. */
async function untilOver(context: CliContext, run: string, signal: AbortSignal): Promise<RunView | null> {
  const views = resubscribe({
    open: () => openClient(context),
    subscribe: (client) => client.subscribe('run.watch', { run }, { signal, keep: 'latest' }),
    onLost: () => {},
    signal,
  });
  const told = new Set<string>();
  for await (const view of views) {
    if (isOver(view)) return view;
    for (const gate of view.gates.filter(({ id }) => !told.has(id))) {
      told.add(gate.id);
      context.io.stderr.write(`${gateLine(gate)}\n`);
    }
  }
  if (signal.aborted) return null;
  throw stopped(run);
}

/** Without this line a script that waits would look as if it hung. */
function gateLine({ question, next }: GateView): string {
  return [
    `waits for you: ${plain(question)}`,
    ...(next.length > 0 ? [`next: ${next.map(plain).join(' / ')}`] : []),
  ].join('  ');
}

function tooLong(run: string, timeoutMs: number): TinaError {
  return new TinaError({
    code: 'timeout',
    message: `The run is not over after ${formatDuration(timeoutMs)}. It goes on.`,
    next: [`tina status ${run}`, `tina wait ${run}`],
  });
}
