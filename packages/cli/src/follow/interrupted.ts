import { printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';

/** How every command that follows ends on Ctrl-C. `comeBack` is the command that goes on with it. */
export function interrupted(context: CliContext, comeBack: string, json: boolean): void {
  context.process.exitCode = 130;
  if (!json) printLines(context.io, ['', `The run goes on. Come back with:  ${comeBack}`]);
}
