import type { ProcedureOutput } from '@tina/contract';
import { count } from '../output/amounts.ts';
import { lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle } from '../output/style.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from './choose-run.ts';

/** Folding a million events takes a while. */
const TIMEOUT_MS = 10 * 60_000;

export async function verify(
  context: CliContext,
  flags: { readonly all: boolean; readonly json: boolean },
  run?: string,
): Promise<void> {
  const { io } = context;
  const found = await request(context, async (client) => {
    const which = flags.all ? {} : { run: await chooseRun(client, run, io.cwd) };
    return client.call('run.verify', which, { timeoutMs: TIMEOUT_MS });
  });
  if (found.some((one) => !one.clean)) context.process.exitCode = 1;
  if (flags.json) return printJson(io, found);
  printLines(
    io,
    found.length === 0 ? ['There are no runs to verify.'] : found.flatMap((one) => lines(one, io)),
  );
}

type Verified = ProcedureOutput<'run.verify'>[number];

function lines({ runId, events, clean, problems }: Verified, io: CliContext['io']): string[] {
  const style = createStyle(lookOf(io).colour);
  if (clean) return [`${runId}  ${style.green('clean')}  ${count(events, 'event')}`];
  return [
    `${runId}  ${style.red(count(problems.length, 'problem'))}  ${count(events, 'event')}`,
    ...problems.map((problem) => `  ${plain(problem)}`),
  ];
}
