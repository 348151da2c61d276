import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { refuseAgent } from '../program/agent-identity.ts';
import { openClient, openClientIfThere } from '../program/with-client.ts';

export async function start(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  refuseAgent(context, 'daemon.start');
  const running = await openClientIfThere(context);
  const client = running ?? (await openClient(context));
  try {
    const daemon = await client.call('daemon.status', {});
    if (flags.json) return printJson(context.io, daemon);
    const said = running === null ? 'The daemon was started' : 'The daemon runs already';
    printLines(context.io, [`${said}: pid ${daemon.pid}, version ${daemon.version}.`]);
  } finally {
    client.close();
  }
}
