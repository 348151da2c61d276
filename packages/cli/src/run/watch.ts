import { conclude } from '../follow/conclude.ts';
import { followEvents } from '../follow/follow-events.ts';
import { followRun } from '../follow/follow-run.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from './choose-run.ts';

export async function watch(
  context: CliContext,
  flags: { readonly json: boolean },
  run?: string,
): Promise<void> {
  const view = await request(context, async (client) =>
    client.call('run.get', { run: await chooseRun(client, run, context.io.cwd) }),
  );
  const end = flags.json
    ? await followEvents(context, view.id, { after: view.revision })
    : await followRun(context, view.id);
  await conclude(context, view.id, end, flags.json);
}
