import type { Client } from '@tina/client';
import type { EventView } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { withClient } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';
import { eventLine } from './event-line.ts';

/** Events that are asked for at once. */
const PAGE = 1_000;

interface Flags {
  readonly follow: boolean;
  readonly after: number | undefined;
  readonly json: boolean;
}

export function events(context: CliContext, flags: Flags, run?: string): Promise<void> {
  return withClient(context, async (client) => {
    const which = await chooseRun(client, run, context.io.cwd);
    const stream = flags.follow
      ? client.subscribe('event.watch', { run: which, after: flags.after ?? 0 })
      : pages(client, which, flags.after ?? 0);
    for await (const event of stream) {
      if (flags.json) printJson(context.io, event);
      else printLines(context.io, [eventLine(event)]);
    }
  });
}

async function* pages(client: Client, run: string, after: number): AsyncIterable<EventView> {
  for (let last = after; ;) {
    const page = await client.call('event.list', { run, after: last, limit: PAGE });
    yield* page;
    last = page.at(-1)?.number ?? last;
    if (page.length < PAGE) return;
  }
}
