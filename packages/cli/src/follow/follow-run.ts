import type { RunView } from '@tina/contract';
import { UnreachableError } from '@tina/contract';
import type { CliContext } from '../program/context.ts';
import { openClient } from '../program/with-client.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';
import { createLinePresenter } from './line-presenter.ts';
import { createLivePresenter } from './live-presenter.ts';
import type { Presenter } from './presenter.ts';
import { resubscribe } from './resubscribe.ts';

/** How following ended. `left`: the person who was asked said later. */
export type FollowEnd =
  | { readonly kind: 'over'; readonly view: RunView }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'left' }
  | { readonly kind: 'lost'; readonly error: UnreachableError | null };

export interface FollowOptions {
  /** What to do at every view, with the screen released; answers whether to stop following. */
  readonly onView?: (view: RunView, presenter: Presenter) => Promise<'go-on' | 'leave'>;
}

/** Whether the run has ended, or nothing more happens without a person. */
export function isOver(view: RunView): boolean {
  return view.endedAt !== null || view.status === 'blocked';
}

/** Shows a run until it is over, Ctrl-C, or the daemon is gone for good. The run goes on in any case. */
export async function followRun(
  context: CliContext,
  run: string,
  options: FollowOptions = {},
): Promise<FollowEnd> {
  const { io } = context;
  const live = io.stdout.isTTY && io.env['TERM'] !== 'dumb';
  const presenter = live ? createLivePresenter(io) : createLinePresenter(io);
  try {
    const end = await untilInterrupted(io, (signal) => show(context, run, presenter, signal, options));
    return end === INTERRUPTED ? { kind: 'interrupted' } : end;
  } finally {
    presenter.close();
  }
}

async function show(
  context: CliContext,
  run: string,
  presenter: Presenter,
  signal: AbortSignal,
  { onView }: FollowOptions,
): Promise<FollowEnd> {
  try {
    const views = resubscribe({
      open: () => openClient(context),
      subscribe: (client) => client.subscribe('run.watch', { run }, { signal }),
      onLost: () => presenter.note('the daemon went away; looking for it again'),
      signal,
    });
    for await (const view of views) {
      presenter.show(view);
      if (isOver(view)) return { kind: 'over', view };
      if ((await onView?.(view, presenter)) === 'leave') return { kind: 'left' };
    }
    return signal.aborted ? { kind: 'interrupted' } : { kind: 'lost', error: null };
  } catch (error) {
    if (error instanceof UnreachableError) return { kind: 'lost', error };
    throw error;
  }
}
