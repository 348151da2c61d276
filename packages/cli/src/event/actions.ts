import type { ActionView } from '@tina/contract';
import { clock, dateAndTime } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { printTable } from '../output/print-table.ts';
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
  const rows = all.map((action) => [
    `${dateAndTime(action.requestedAt).slice(0, 10)} ${clock(action.requestedAt)}`,
    plain(action.requestedBy),
    action.runId ?? '',
    askedFor(action, { maxText: Number.MAX_SAFE_INTEGER }),
    resultOf(action),
  ]);
  printTable(io, ['WHEN', 'WHO', 'RUN', 'ASKED FOR', 'RESULT'], rows);
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
