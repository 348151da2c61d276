import type { MessageView } from '@tina/contract';
import { clock } from '../output/amounts.ts';
import { plainLines } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';

/** What agents and people have written to one another in a run. */
export async function messages(
  context: CliContext,
  flags: { readonly json: boolean },
  run?: string,
): Promise<void> {
  const { io } = context;
  const list = await request(context, async (client) =>
    client.call('message.list', { run: await chooseRun(client, run, io.cwd) }),
  );
  if (flags.json) return printJson(io, list);
  if (list.length === 0) return printLines(io, ['Nobody has written anything.']);
  printLines(io, list.flatMap(lines));
}

function lines({ id, from, to, sentAt, text, status, delivery }: MessageView): string[] {
  const came = delivery === null ? status : `delivered ${clock(delivery.at)}, turn ${delivery.turn}`;
  const head = `${clock(sentAt)} ${id}  ${from ?? 'a person'} to ${to}  ${came}`;
  return [head, ...plainLines(text).map((line) => `  ${line}`)];
}
