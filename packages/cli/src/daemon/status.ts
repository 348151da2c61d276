import { bytes, elapsed } from '../output/amounts.ts';
import { printJson, printLines } from '../output/print.ts';
import { table } from '../output/table.ts';
import type { CliContext } from '../program/context.ts';
import { openClientIfThere } from '../program/with-client.ts';

export async function status(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const { io } = context;
  const client = await openClientIfThere(context);
  if (client === null) {
    context.process.exitCode = 1;
    if (flags.json) return printJson(io, { running: false });
    return printLines(io, [
      'No daemon runs. Commands start one when they need it; by hand:  tina daemon start',
    ]);
  }
  try {
    const daemon = await client.call('daemon.status', {});
    if (flags.json) return printJson(io, { running: true, ...daemon });
    const rows = [
      ['running', `${elapsed(io.now() - daemon.startedAt)}, pid ${daemon.pid}`],
      [
        'version',
        daemon.version === context.version
          ? daemon.version
          : `${daemon.version} (this program: ${context.version})`,
      ],
      ['home', daemon.home],
      ['socket', daemon.socket],
      ...(daemon.mcpUrl === null ? [] : [['mcp', daemon.mcpUrl]]),
      ['runs', `${daemon.activeRuns} active`],
      ['attempts', `${daemon.activeAttempts} under way, ${daemon.queuedJobs} jobs waiting`],
      ['memory', bytes(daemon.memoryBytes)],
    ];
    printLines(io, table(rows, null));
  } finally {
    client.close();
  }
}
