import { elapsed } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { printJson } from '../output/print.ts';
import { printTable } from '../output/print-table.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from '../run/choose-run.ts';
import { taskText } from './task-text.ts';

export async function tasks(
  context: CliContext,
  flags: { readonly json: boolean },
  run?: string,
): Promise<void> {
  const { io } = context;
  const list = await request(context, async (client) =>
    client.call('task.list', { run: await chooseRun(client, run, io.cwd) }),
  );
  if (flags.json) return printJson(io, list);
  const names = new Map(list.map((task) => [task.id, task.name]));
  const rows = list.map((task) => [
    task.id,
    task.name,
    task.status.replaceAll('_', ' '),
    task.startedAt === null ? '' : elapsed((task.endedAt ?? io.now()) - task.startedAt),
    plain(
      [taskText(task, names), task.title].filter((part) => part !== '' && part !== task.name).join(' · '),
    ),
  ]);
  printTable(io, ['TASK', 'NAME', 'STATUS', 'TOOK', ''], rows);
}
