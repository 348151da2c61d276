import { dateAndTime, elapsed } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { printTable } from '../output/print-table.ts';
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
  const asked = list.some((run) => run.endedAt === null) ? await runsThatAsk(context) : new Set<string>();
  const rows = list.map((run) => [
    run.id,
    plain(run.feature),
    asked.has(run.id) ? `${run.status}  waits for you` : run.status,
    dateAndTime(run.createdAt),
    elapsed((run.endedAt ?? io.now()) - run.createdAt),
    plain(run.repository),
  ]);
  printTable(io, ['RUN', 'FEATURE', 'STATUS', 'STARTED', 'TOOK', 'PROJECT'], rows);
}

/** Runs with an open gate, which stand still until somebody answers, and those whose agents ask something. */
async function runsThatAsk(context: CliContext): Promise<ReadonlySet<string>> {
  const asking = await request(context, async (client) => [
    ...(await client.call('gate.list', {})),
    ...(await client.call('question.list', {})),
  ]);
  return new Set(asking.map(({ runId }) => runId));
}
