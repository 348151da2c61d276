import type { FindingVerdict, Report, ReportedFinding, Severity } from '@tina/domain';

/**
 * The report in a value that an agent's protocol carried, with the contract's defaults filled in; null when it does
 * not fit. Written by hand, because the host loads no schema library: an agent would start 30 ms later.
 */
export function readReport(value: unknown): Report | null {
  if (!isRecord(value)) return null;
  switch (value['kind']) {
    case 'validation':
      return readValidation(value);
    case 'plan':
      return hasOnly(value, ['markdown']) && isText(value['markdown'], 1_000_000)
        ? { kind: 'plan', markdown: value['markdown'] }
        : null;
    case 'work':
      return hasOnly(value, ['summary']) && isText(value['summary'])
        ? { kind: 'work', summary: value['summary'] }
        : null;
    case 'review':
      return readReview(value);
    case 'error':
      return hasOnly(value, ['reason']) && isText(value['reason'], 20_000) && value['reason'] !== ''
        ? { kind: 'error', reason: value['reason'] }
        : null;
    default:
      return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readValidation(value: Fields): Report | null {
  const { status, text } = value;
  if (!hasOnly(value, ['status', 'text']) || !isText(text)) return null;
  if (status !== 'pass' && status !== 'warning' && status !== 'stop') return null;
  return { kind: 'validation', status, text };
}

function readReview(value: Fields): Report | null {
  const { verdict, summary = '' } = value;
  if (!hasOnly(value, ['verdict', 'summary', 'findings', 'verdicts']) || !isText(summary)) return null;
  if (verdict !== 'pass' && verdict !== 'gaps') return null;
  const findings = readEach(value['findings'], 200, readFinding);
  const verdicts = readEach(value['verdicts'], 500, readVerdict);
  return findings && verdicts ? { kind: 'review', verdict, summary, findings, verdicts } : null;
}

function readFinding(value: Fields): ReportedFinding | null {
  const { severity = 'major', message, file = null, line = null } = value;
  if (!hasOnly(value, ['severity', 'message', 'file', 'line'])) return null;
  if (!isSeverity(severity) || !isText(message, 10_000) || message === '') return null;
  if (file !== null && typeof file !== 'string') return null;
  if (line !== null && !(typeof line === 'number' && Number.isSafeInteger(line) && line >= 1)) return null;
  return { severity, message, file, line };
}

function readVerdict(value: Fields): FindingVerdict | null {
  const { findingId, verdict } = value;
  if (!hasOnly(value, ['findingId', 'verdict']) || typeof findingId !== 'string') return null;
  return verdict === 'closed' || verdict === 'open' ? { findingId, verdict } : null;
}

function readEach<T>(value: unknown, max: number, read: (item: Fields) => T | null): readonly T[] | null {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > max) return null;
  const items: T[] = [];
  for (const one of value) {
    const item = isRecord(one) ? read(one) : null;
    if (item === null) return null;
    items.push(item);
  }
  return items;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value: Fields, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => key === 'kind' || keys.includes(key));
}

function isText(value: unknown, max = 200_000): value is string {
  return typeof value === 'string' && value.length <= max;
}

function isSeverity(value: unknown): value is Severity {
  return value === 'blocker' || value === 'major' || value === 'minor';
}
