import type { CliContext } from '../program/context.ts';
import { sendReport } from './send-report.ts';

export function error(
  context: CliContext,
  flags: { readonly reason: string; readonly json: boolean },
): Promise<void> {
  return sendReport(context, flags, { kind: 'error', reason: flags.reason });
}
