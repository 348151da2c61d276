import { newIdempotencyKey, type Client } from '@tina/client';
import type { CleanupItem } from '@tina/contract';
import { bytes, count } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { printTable } from '../output/print-table.ts';
import type { CliContext } from '../program/context.ts';
import { withClient } from '../program/with-client.ts';

/** Sizes are measured and folders removed while one waits. */
const TIMEOUT_MS = 10 * 60_000;

interface Flags {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export function cleanup(context: CliContext, flags: Flags, run?: string): Promise<void> {
  return withClient(context, async (client) => {
    const { io } = context;
    if (flags.json) return printJson(io, await callCleanup(client, run, flags.dryRun));
    const planned = await callCleanup(client, run, true);
    printItems(context, planned);
    const removable = planned.filter((item) => item.action === 'remove');
    if (removable.length === 0) return printLines(io, ['Nothing to remove.']);
    const size = bytes(removable.reduce((sum, item) => sum + (item.bytes ?? 0), 0));
    if (flags.dryRun) return printLines(io, [`${count(removable.length, 'thing')} to remove, ${size}.`]);
    if (!flags.yes && io.canAsk) {
      const answer = await io.ask(`Remove ${count(removable.length, 'thing')}, ${size}? [y/N] `);
      if (!/^y(es)?$/i.test(answer ?? '')) return printLines(io, ['Nothing was removed.']);
    }
    const done = await callCleanup(client, run, false);
    const wanted = new Set(removable.map(({ name }) => name));
    printItems(
      context,
      done.filter(({ name, action }) => action === 'keep' && wanted.has(name)),
    );
    const removed = done.filter((item) => item.action === 'remove');
    const freed = bytes(removed.reduce((sum, item) => sum + (item.bytes ?? 0), 0));
    printLines(io, [`Removed ${count(removed.length, 'thing')}, ${freed}.`]);
  });
}

function callCleanup(client: Client, run: string | undefined, dryRun: boolean): Promise<CleanupItem[]> {
  const which = run === undefined ? {} : { run };
  const input = { idempotencyKey: newIdempotencyKey(), ...which, dryRun };
  return client.call('run.cleanup', input, { timeoutMs: TIMEOUT_MS });
}

function printItems({ io }: CliContext, items: readonly CleanupItem[]): void {
  if (items.length === 0) return;
  const rows = items.map((item) => [
    item.action,
    item.kind,
    item.bytes === null ? '' : bytes(item.bytes),
    plain(item.name),
    plain(item.why),
  ]);
  printTable(io, ['', 'WHAT', 'SIZE', 'NAME', 'WHY'], rows);
}
