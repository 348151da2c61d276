import type { CheckResult } from '../../check/check.ts';
import type { Finding } from '../../design/design.ts';
import { expectedForm } from '../../report/parse-message.ts';
import { taskOf } from '../lookup.ts';
import type { Attempt } from '../attempt.ts';
import type { RunState } from '../state.ts';

/** The stricter request after a report that could not be used. */
export function reportRequest(state: RunState, attempt: Attempt, problem: string): string {
  const phase = taskOf(state, attempt.taskId).phase;
  return [
    problem,
    '',
    'Do nothing else now. Give your report with `tina report` (see `tina report --help`), or end your message with',
    'exactly one line of this form:',
    '',
    expectedForm(attempt.role, phase),
  ].join('\n');
}

/** What an agent hears behind messages that came before its report was taken. */
export const MESSAGE_REQUEST = [
  'A person wrote to you before your report was taken. The message stands above, or is in your inbox (`tina inbox`).',
  'Heed it, and then report again: the report that you gave does not count.',
].join('\n');

/** What is wrong with a plan, a line each. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ line, message }) => `${line === null ? '' : `line ${line}: `}${message}`);
}

/** What a planner has to mend. */
export function lintRequest(findings: readonly Finding[]): string {
  return [
    'The plan cannot be used as it is:',
    '',
    ...findingLines(findings).map((line) => `- ${line}`),
    '',
    'Mend these and report the whole plan again.',
  ].join('\n');
}

/** What an implementer or resolver has to mend before its work counts as done. */
export function evidenceRequest(missing: readonly string[], checks: readonly CheckResult[]): string {
  const outputs = checks
    .filter((check) => check.outcome !== 'passed')
    .flatMap((check) => ['', `The end of the output of ${check.name}:`, '', check.outputTail]);
  return [
    'Your work is not done yet. Tina looked at it and found:',
    '',
    ...missing.map((line) => `- ${line}`),
    ...outputs,
    '',
    'Mend this, commit, and report again.',
  ].join('\n');
}
