import type { ProcedureOutput } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';

/** What every control action prints: that it was accepted, and where the run stands now. */
export function printAccepted(
  { io }: CliContext,
  flags: { readonly json: boolean },
  said: string,
  answer: ProcedureOutput<'run.pause'>,
): void {
  if (flags.json) return printJson(io, answer);
  printLines(io, [`${said}. Run ${answer.runId} is ${answer.status}.`, `next: tina watch ${answer.runId}`]);
}
