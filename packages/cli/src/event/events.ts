import type { Client } from '@tina/client';
import { UsageError } from '@tina/contract';
import { interrupted } from '../follow/interrupted.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request, withClient } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';
import { actionLine } from './action-text.ts';
import { eventLine } from './event-line.ts';
import { type Entry, followEntries, listEntries, type Place } from './entries.ts';

interface Flags {
  readonly follow: boolean;
  readonly after: number | undefined;
  readonly actions: boolean;
  readonly json: boolean;
}

/**
 * What happened in a run. For people that is one timeline, with who asked for what between the events; programs get the
 * events alone unless they ask for the actions too.
 *
 * @throws UsageError when the actions are asked for where they are shown anyway
 */
export async function events(context: CliContext, flags: Flags, given?: string): Promise<void> {
  const { io } = context;
  if (flags.actions && !flags.json) {
    throw new UsageError({
      code: 'usage',
      message: '--actions goes with --json: without it, what people asked for is shown in any case.',
      next: ['tina events', 'tina events --json --actions'],
    });
  }
  const run = await request(context, (client) => chooseRun(client, given, io.cwd));
  const isPlain = flags.json && !flags.actions;
  const place: Place = { run, isPlain, after: flags.after ?? 0, afterAction: 0 };
  const print = (entry: Entry): void => {
    if (!flags.json) printLines(io, ['event' in entry ? eventLine(entry.event) : actionLine(entry.action)]);
    else printJson(io, isPlain && 'event' in entry ? entry.event : entry);
  };
  if (!flags.follow) return withClient(context, (client) => list(client, place, print));
  const end = await untilInterrupted(io, async (signal) => {
    for await (const entry of followEntries(context, place, signal)) print(entry);
  });
  if (end === INTERRUPTED) interrupted(context, `tina events ${run} --follow`, flags.json);
}

async function list(client: Client, place: Place, print: (entry: Entry) => void): Promise<void> {
  for await (const entry of listEntries(client, place)) print(entry);
}
