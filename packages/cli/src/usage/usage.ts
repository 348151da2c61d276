import type { UsageGroup } from '@tina/contract';
import { lookOf } from '../output/look.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';
import { renderUsage } from './render-usage.ts';

export async function usage(
  context: CliContext,
  flags: { readonly by: UsageGroup | undefined; readonly json: boolean },
  run?: string,
): Promise<void> {
  const { io } = context;
  const by = flags.by === undefined ? {} : { by: flags.by };
  const view = await request(context, async (client) =>
    client.call('usage.get', { run: await chooseRun(client, run, io.cwd), ...by }),
  );
  if (flags.json) return printJson(io, view);
  printLines(io, renderUsage(view, lookOf(io)));
}
