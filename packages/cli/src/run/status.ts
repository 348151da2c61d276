import { lookOf } from '../output/look.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from './choose-run.ts';

/** A file or a pipe has no width; nothing much is cut at this one. */
const NO_TERMINAL_WIDTH = 160;

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
  printLines(
    io,
    renderRun(view, { ...look, width: width ?? NO_TERMINAL_WIDTH, now: io.now(), spinnerFrame: null }),
  );
  if (view.endedAt === null) return;
  const { renderEnding } = await import('../follow/render-summary.ts');
  printLines(io, ['', ...renderEnding(view, look)]);
}
