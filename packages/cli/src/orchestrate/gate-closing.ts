import type { EventView, RunView } from '@tina/contract';
import { resubscribe } from '../follow/resubscribe.ts';
import { plain } from '../output/plain.ts';
import type { CliContext } from '../program/context.ts';
import { openClient } from '../program/with-client.ts';

/** How the gate at the end of a run was closed while this program asked; null when it was not. */
export async function gateClosing(
  context: CliContext,
  view: RunView,
  signal: AbortSignal,
): Promise<string | null> {
  const events = resubscribe({
    open: () => openClient(context),
    subscribe: (client) =>
      client.subscribe('event.watch', { run: view.id, after: view.revision }, { signal }),
    onLost: () => {},
    signal,
  });
  try {
    for await (const event of events) {
      const closing = closingText(event);
      if (closing !== null) return closing;
    }
    return null;
  } catch {
    // Who cannot watch still asks: the daemon refuses what comes too late.
    return null;
  }
}

function closingText({ type, data }: EventView): string | null {
  if (type === 'finalize.chosen') return `Answered elsewhere: ${plain(String(data['choice']))}.`;
  return type === 'run.cancelled' ? 'The run was cancelled elsewhere.' : null;
}
