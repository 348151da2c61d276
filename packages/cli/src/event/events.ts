import type { Client } from '@tina/client';
import { UsageError } from '@tina/contract';
import { interrupted } from '../follow/interrupted.ts';
import { truncate } from '../output/display-width.ts';
import { lookOf } from '../output/look.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request, withClient } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';
import { actionLine } from './action-text.ts';
import { eventLine, learnTaskName } from './event-line.ts';
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
  const printLine = flags.json ? null : await createLinePrinter(context, place);
  const print = (entry: Entry): void => {
    if (printLine !== null) printLine(entry);
    else printJson(io, isPlain && 'event' in entry ? entry.event : entry);
  };
  if (!flags.follow) return withClient(context, (client) => list(client, place, print));
  const end = await untilInterrupted(io, async (signal) => {
    for await (const entry of followEntries(context, place, signal)) print(entry);
  });
  if (end === INTERRUPTED) interrupted(context, `tina events ${run} --follow`, flags.json);
}

/** A line for each entry, on a terminal no wider than that. Tasks that were added before the place are asked for. */
async function createLinePrinter(
  context: CliContext,
  { run, after }: Place,
): Promise<(entry: Entry) => void> {
  const { io } = context;
  const { width, unicode } = lookOf(io);
  const tasks = after === 0 ? [] : await request(context, (client) => client.call('task.list', { run }));
  const taskNames = new Map(tasks.map(({ id, name }) => [id, name]));
  return (entry) => {
    if ('event' in entry) learnTaskName(entry.event, taskNames);
    const line = 'event' in entry ? eventLine(entry.event, taskNames) : actionLine(entry.action);
    printLines(io, [width === null ? line : truncate(line, width, unicode ? '…' : '...')]);
  };
}

async function list(client: Client, place: Place, print: (entry: Entry) => void): Promise<void> {
  for await (const entry of listEntries(client, place)) print(entry);
}
