import type { EventView, RunView } from '@tina/contract';
import { UnreachableError } from '@tina/contract';
import { printJson } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { openClient, request } from '../program/with-client.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';
import { isOver, type FollowEnd } from './follow-run.ts';
import { resubscribe } from './resubscribe.ts';

export interface FollowEventsOptions {
  /** The number of the last event that is known already. */
  readonly after: number;
  readonly onEvent?: (event: EventView) => Promise<void>;
}

/** Events after which a run may be over. */
const TURNING_POINTS = new Set(['run.completed', 'run.cancelled', 'run.blocked']);

/** For programs: a line `{"event": ...}` for every event and `{"run": ...}` at the end. Ends as `followRun` does. */
export async function followEvents(
  context: CliContext,
  run: string,
  options: FollowEventsOptions,
): Promise<FollowEnd> {
  const end = await untilInterrupted(context.io, (signal) => print(context, run, signal, options));
  return end === INTERRUPTED ? { kind: 'interrupted' } : end;
}

async function print(
  context: CliContext,
  run: string,
  signal: AbortSignal,
  { after, onEvent }: FollowEventsOptions,
): Promise<FollowEnd> {
  let last = after;
  const over = async (): Promise<FollowEnd | null> => {
    const view: RunView = await request(context, (client) => client.call('run.get', { run }));
    // Events that came meanwhile are printed first.
    if (!isOver(view) || view.revision > last) return null;
    printJson(context.io, { run: view });
    return { kind: 'over', view };
  };
  try {
    const already = await over();
    if (already !== null) return already;
    const events = resubscribe({
      open: () => openClient(context),
      subscribe: (client) => client.subscribe('event.watch', { run, after: last }, { signal }),
      onLost: () => {},
      signal,
    });
    let turned = false;
    for await (const event of events) {
      last = event.number;
      printJson(context.io, { event });
      await onEvent?.(event);
      turned ||= TURNING_POINTS.has(event.type);
      const end = turned ? await over() : null;
      if (end !== null) return end;
    }
    return signal.aborted ? { kind: 'interrupted' } : { kind: 'lost', error: null };
  } catch (error) {
    if (error instanceof UnreachableError) return { kind: 'lost', error };
    throw error;
  }
}
