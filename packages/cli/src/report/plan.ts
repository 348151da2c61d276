import type { CliContext } from '../program/context.ts';
import { readText } from './read-text.ts';
import { sendReport } from './send-report.ts';

export function plan(
  context: CliContext,
  flags: { readonly file: string; readonly json: boolean },
): Promise<void> {
  return sendReport(context, flags, { kind: 'plan', markdown: readText(context, flags.file) });
}
