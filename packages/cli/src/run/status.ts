import { lookOf } from '../output/look.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from './choose-run.ts';

export async function status(
  context: CliContext,
  flags: { readonly json: boolean },
  run?: string,
): Promise<void> {
  const { io } = context;
  const view = await request(context, async (client) =>
    client.call('run.get', { run: await chooseRun(client, run, io.cwd) }),
  );
  if (flags.json) return printJson(io, view);
  const { renderRun } = await import('../follow/render-run.ts');
  const { width, ...look } = lookOf(io);
  printLines(io, renderRun(view, { ...look, width: width ?? 100, now: io.now(), spinnerFrame: null }));
}
