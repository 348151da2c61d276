import type { Finding } from './design.ts';

export function errorFinding(code: string, line: number | null, message: string): Finding {
  return { code, severity: 'error', message, line };
}

export function warningFinding(code: string, line: number | null, message: string): Finding {
  return { code, severity: 'warning', message, line };
}

/** In the order in which a reader of the document meets them; those of the whole document first. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
}
