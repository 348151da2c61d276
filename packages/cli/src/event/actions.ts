import type { ActionView } from '@tina/contract';
import { dateAndTime } from '../output/amounts.ts';
import { lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle } from '../output/style.ts';
import { table } from '../output/table.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { askedFor, resultOf } from './action-text.ts';

/** Actions that are asked for at once. */
const PAGE = 1_000;

/** Who asked for what, and what came of it: of a run, or of everything that was ever asked for (G28). */
export async function actions(
  context: CliContext,
  flags: { readonly json: boolean },
  run?: string,
): Promise<void> {
  const { io } = context;
  const all = await readAll(context, run);
  if (flags.json) {
    for (const action of all) printJson(io, action);
    return;
  }
  if (all.length === 0) return printLines(io, ['Nobody has asked for anything yet.']);
  const look = lookOf(io);
  const rows = all.map((action) => [
    dateAndTime(action.requestedAt),
    plain(action.requestedBy),
    action.runId ?? '',
    askedFor(action),
    resultOf(action),
  ]);
  const [header, ...lines] = table([['WHEN', 'WHO', 'RUN', 'ASKED FOR', 'RESULT'], ...rows], look.width);
  printLines(io, [createStyle(look.colour).dim(header ?? ''), ...lines]);
}

async function readAll(context: CliContext, run: string | undefined): Promise<readonly ActionView[]> {
  const which = run === undefined ? {} : { run };
  const all: ActionView[] = [];
  for (;;) {
    const after = all.at(-1)?.sequence ?? 0;
    const page = await request(context, (client) =>
      client.call('action.list', { ...which, after, limit: PAGE }),
    );
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
