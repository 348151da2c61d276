import { UsageError } from '@tina/contract';
import type { CliContext } from '../program/context.ts';
import { parseFinding, parseVerdict } from './parse-finding.ts';
import { readText } from './read-text.ts';
import { sendReport, type ReportInput } from './send-report.ts';

interface Flags {
  readonly verdict: 'pass' | 'gaps' | undefined;
  readonly summary: string | undefined;
  readonly finding: readonly string[] | undefined;
  readonly verdictOn: readonly string[] | undefined;
  readonly jsonFile: string | undefined;
  readonly json: boolean;
}

export function review(context: CliContext, flags: Flags): Promise<void> {
  return sendReport(
    context,
    flags,
    flags.jsonFile === undefined ? fromFlags(flags) : fromFile(context, flags.jsonFile),
  );
}

function fromFlags({ verdict, summary, finding = [], verdictOn = [] }: Flags): ReportInput {
  if (verdict === undefined) throw usage('Say --verdict pass or --verdict gaps, or --json-file.');
  return {
    kind: 'review',
    verdict,
    summary: summary ?? '',
    findings: finding.map(parseFinding),
    verdicts: verdictOn.map(parseVerdict),
  };
}

/** Its form is checked by the daemon, which names the field that is wrong. */
function fromFile(context: CliContext, file: string): ReportInput {
  let value: unknown;
  try {
    value = JSON.parse(readText(context, file));
  } catch (error) {
    if (error instanceof SyntaxError) throw usage(`${file} is not JSON: ${error.message}.`);
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usage(`${file} is no JSON object.`);
  return { ...(value as Extract<ReportInput, { kind: 'review' }>), kind: 'review' };
}

function usage(message: string): UsageError {
  return new UsageError({ code: 'usage', message, next: ['tina report review --help'] });
}
