import type { CliContext } from '../program/context.ts';
import { textOrFile } from './read-text.ts';
import { sendReport } from './send-report.ts';

interface Flags {
  readonly status: 'pass' | 'warning' | 'stop';
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly json: boolean;
}

/** A pass needs no words; a warning and a stop do. */
export function validation(context: CliContext, flags: Flags): Promise<void> {
  const { status, text, file } = flags;
  const silent = status === 'pass' && text === undefined && file === undefined;
  return sendReport(context, flags, {
    kind: 'validation',
    status,
    text: silent ? '' : textOrFile(context, { name: 'text', text, file }),
  });
}
