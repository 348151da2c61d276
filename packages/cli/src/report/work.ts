import type { CliContext } from '../program/context.ts';
import { textOrFile } from './read-text.ts';
import { sendReport } from './send-report.ts';

interface Flags {
  readonly summary: string | undefined;
  readonly file: string | undefined;
  readonly json: boolean;
}

export function work(context: CliContext, flags: Flags): Promise<void> {
  const { summary: text, file } = flags;
  return sendReport(context, flags, {
    kind: 'work',
    summary: textOrFile(context, { name: 'summary', text, file }),
  });
}
