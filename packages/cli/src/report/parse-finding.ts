import { UsageError } from '@tina/contract';
import type { FindingVerdict, ReportedFinding, Severity } from '@tina/domain';

const SEVERITIES: readonly Severity[] = ['blocker', 'major', 'minor'];

/**
 * `severity|file:line|message`; line, or file and line, may be left out. A message may contain `|`.
 *
 * @throws UsageError
 */
export function parseFinding(text: string): ReportedFinding {
  const [severityText = '', place = '', ...rest] = text.split('|');
  const message = rest.join('|').trim();
  const severity = SEVERITIES.find((one) => one === severityText.trim());
  if (severity === undefined || message === '') {
    throw wrong('finding', text, 'severity|file:line|message, with the severity blocker, major or minor');
  }
  const [, file = place.trim(), line] = /^(.+):(\d+)$/.exec(place.trim()) ?? [];
  return {
    severity,
    message,
    file: file === '' ? null : file,
    line: line === undefined || line === '0' ? null : Number(line),
  };
}

/**
 * `<finding id>=closed` or `=open`.
 *
 * @throws UsageError
 */
export function parseVerdict(text: string): FindingVerdict {
  const [, findingId, verdict] = /^(\S+)=(closed|open)$/.exec(text) ?? [];
  if (findingId === undefined) throw wrong('verdict-on', text, '<finding id>=closed or <finding id>=open');
  return { findingId, verdict: verdict === 'closed' ? 'closed' : 'open' };
}

function wrong(flag: string, text: string, form: string): UsageError {
  return new UsageError({
    code: 'usage',
    message: `--${flag} must have the form ${form}, not ${JSON.stringify(text)}.`,
    next: ['tina report review --help'],
  });
}
