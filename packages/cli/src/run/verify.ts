import type { ProcedureOutput } from '@tina/contract';
import { count } from '../output/amounts.ts';
import { lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle, type Style } from '../output/style.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseRun } from './choose-run.ts';
import { repairFound } from './repair.ts';

/** Folding a million events takes a while. */
const TIMEOUT_MS = 10 * 60_000;

export interface VerifyFlags {
  readonly all: boolean;
  readonly repair: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export type Verified = ProcedureOutput<'run.verify'>[number];

export async function verify(context: CliContext, flags: VerifyFlags, run?: string): Promise<void> {
  const { io } = context;
  const which = flags.all ? {} : { run: await request(context, (client) => chooseRun(client, run, io.cwd)) };
  const found = await look(context, which);
  if (flags.repair && found.some((one) => !one.clean)) {
    if (!flags.json) printFound(context, found);
    const repaired = await repairFound(context, { which, found, flags });
    const left = await look(context, which);
    if (left.some((one) => !one.clean)) context.process.exitCode = 1;
    if (flags.json) printJson(io, repaired);
    return;
  }
  if (found.some((one) => !one.clean)) context.process.exitCode = 1;
  // With --repair it is what was mended that is printed.
  if (flags.json) return printJson(io, flags.repair ? [] : found);
  printFound(context, found);
}

function look(context: CliContext, which: { readonly run?: string }): Promise<Verified[]> {
  return request(context, (client) => client.call('run.verify', which, { timeoutMs: TIMEOUT_MS }));
}

function printFound({ io }: CliContext, found: readonly Verified[]): void {
  const style = createStyle(lookOf(io).colour);
  const none = found.length === 0 ? ['There are no runs to verify.'] : [];
  printLines(io, [...none, ...found.flatMap((one) => lines(one, style))]);
}

function lines({ runId, events, clean, findings }: Verified, style: Style): string[] {
  const name = runId ?? 'of no run';
  const replayed = runId === null ? '' : `  ${count(events, 'event')}`;
  if (clean) return [`${name}  ${style.green('clean')}${replayed}`];
  return [
    `${name}  ${style.red(count(findings.length, 'problem'))}${replayed}`,
    ...findings.flatMap(({ message, next }) => [
      `  ${plain(message)}`,
      ...next.map((each) => `    ${style.bold('next:')} ${plain(each)}`),
    ]),
  ];
}
