import { dateAndTime, elapsed } from '../output/amounts.ts';
import { lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle } from '../output/style.ts';
import { table } from '../output/table.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';

export async function runs(
  context: CliContext,
  flags: { readonly active: boolean; readonly json: boolean },
): Promise<void> {
  const { io } = context;
  const list = await request(context, (client) => client.call('run.list', { active: flags.active }));
  if (flags.json) return printJson(io, list);
  if (list.length === 0) {
    const which = flags.active ? 'No run is active.' : 'There are no runs yet.';
    return printLines(io, [`${which} Start one:  tina orchestrate <design.md>`]);
  }
  const look = lookOf(io);
  const rows = list.map((run) => [
    run.id,
    plain(run.feature),
    run.status,
    dateAndTime(run.createdAt),
    elapsed((run.endedAt ?? io.now()) - run.createdAt),
    plain(run.repository),
  ]);
  const [header, ...lines] = table(
    [['RUN', 'FEATURE', 'STATUS', 'STARTED', 'TOOK', 'PROJECT'], ...rows],
    look.width,
  );
  printLines(io, [createStyle(look.colour).dim(header ?? ''), ...lines]);
}
