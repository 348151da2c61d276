import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { refuseAgent } from '../program/agent-identity.ts';
import { openClient, openClientIfThere, pathsOf } from '../program/with-client.ts';
import { isMarkedStopped } from './stopped-mark.ts';

export async function start(
  context: CliContext,
  { json, unlessStopped }: { readonly json: boolean; readonly unlessStopped: boolean },
): Promise<void> {
  refuseAgent(context, 'daemon.start');
  const running = await openClientIfThere(context);
  if (running === null && unlessStopped && isMarkedStopped(pathsOf(context))) {
    if (json) return printJson(context.io, { running: false });
    return printLines(context.io, ['The daemon was stopped on purpose, and stays so.']);
  }
  const client = running ?? (await openClient(context, { unlessStopped }));
  try {
    const daemon = await client.call('daemon.status', {});
    if (json) return printJson(context.io, daemon);
    const said = running === null ? 'The daemon was started' : 'The daemon runs already';
    printLines(context.io, [`${said}: pid ${daemon.pid}, version ${daemon.version}.`]);
  } finally {
    client.close();
  }
}
