import type { Client } from '@tina/client';
import type { EventView } from '@tina/contract';
import { interrupted } from '../follow/interrupted.ts';
import { resubscribe } from '../follow/resubscribe.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { openClient, request, withClient } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';
import { eventLine } from './event-line.ts';

/** Events that are asked for at once. */
const PAGE = 1_000;

interface Flags {
  readonly follow: boolean;
  readonly after: number | undefined;
  readonly json: boolean;
}

export async function events(context: CliContext, flags: Flags, given?: string): Promise<void> {
  const { io } = context;
  const run = await request(context, (client) => chooseRun(client, given, io.cwd));
  const print = (event: EventView): void =>
    flags.json ? printJson(io, event) : printLines(io, [eventLine(event)]);
  if (!flags.follow) return withClient(context, (client) => list(client, run, flags.after ?? 0, print));
  const end = await untilInterrupted(io, (signal) =>
    follow(context, { run, after: flags.after ?? 0, signal, print }),
  );
  if (end === INTERRUPTED) interrupted(context, `tina events ${run} --follow`, flags.json);
}

async function list(
  client: Client,
  run: string,
  after: number,
  print: (event: EventView) => void,
): Promise<void> {
  for (let last = after; ;) {
    const page = await client.call('event.list', { run, after: last, limit: PAGE });
    page.forEach(print);
    last = page.at(-1)?.number ?? last;
    if (page.length < PAGE) return;
  }
}

interface Following {
  readonly run: string;
  readonly after: number;
  readonly signal: AbortSignal;
  readonly print: (event: EventView) => void;
}

/** A daemon that dies and comes back leaves no gap: it is asked for what follows the last event. */
async function follow(context: CliContext, { run, after, signal, print }: Following): Promise<void> {
  let last = after;
  const stream = resubscribe({
    open: () => openClient(context),
    subscribe: (client) => client.subscribe('event.watch', { run, after: last }, { signal }),
    onLost: () => {},
    signal,
  });
  for await (const event of stream) {
    last = event.number;
    print(event);
  }
}
