import type { CheckOutcome, CheckResult } from './check.ts';

/** Why a check's result does not count as a pass, although the baseline is as it is. */
export interface NewFailure {
  /** The check's name. */
  readonly check: string;
  /** `could_not_run` says nothing about the work: it may be the machine's fault. */
  readonly kind: Exclude<CheckOutcome, 'passed'>;
  /** The single failures that are new, where the check names them. */
  readonly failures: readonly string[];
  /** For people, and for the agent that is to mend it. */
  readonly message: string;
}

/** Enough to see what is wrong; the output has the rest. */
const MAX_NAMES_IN_MESSAGE = 5;

/**
 * What fails now and did not on the base commit (G17). A check that the baseline does not have counts as one that passed
 * there. A check that failed before may fail again: with named failures when it names no other ones, without them when
 * it ends the same way. A check that could not run is always reported, whatever the baseline says (G16).
 */
export function newFailures(baseline: readonly CheckResult[], now: readonly CheckResult[]): NewFailure[] {
  const before = new Map(baseline.map((result) => [result.name, result]));
  return now.flatMap((result) => newFailureOf(before.get(result.name), result) ?? []);
}

function newFailureOf(before: CheckResult | undefined, now: CheckResult): NewFailure | null {
  if (now.outcome === 'passed') return null;
  if (now.outcome === 'could_not_run') {
    const message = `Check "${now.name}" could not run, so nothing is known about the work.`;
    return { check: now.name, kind: now.outcome, failures: [], message };
  }
  const known = new Set(before?.failures);
  const failures = now.failures.filter((failure) => !known.has(failure));
  const isAsBefore = before?.outcome === now.outcome && !lostItsNames(before, now);
  if (isAsBefore && failures.length === 0) return null;
  // With names to compare, another outcome alone is no news: failing is not worse than running out of time.
  if (
    now.outcome === 'failed' &&
    before?.outcome === 'timed_out' &&
    now.failures.length > 0 &&
    failures.length === 0
  )
    return null;
  return { check: now.name, kind: now.outcome, failures, message: messageOf(now, before, failures) };
}

/** It failed with names on the base commit and fails without any now: it broke before it could name them. */
function lostItsNames(before: CheckResult, now: CheckResult): boolean {
  return now.outcome === 'failed' && now.failures.length === 0 && before.failures.length > 0;
}

function messageOf(now: CheckResult, before: CheckResult | undefined, failures: readonly string[]): string {
  const what = now.outcome === 'timed_out' ? 'ran out of time' : 'failed';
  const named = failures.length > 0 ? ` with new failures: ${listOf(failures)}` : exitOf(now);
  return `Check "${now.name}" ${what}${named}. On the base commit it ${BEFORE[before?.outcome ?? 'missing']}.`;
}

const BEFORE: Readonly<Record<CheckOutcome | 'missing', string>> = {
  passed: 'passed',
  failed: 'failed too, though not like this',
  timed_out: 'ran out of time',
  could_not_run: 'could not run',
  missing: 'was not run',
};

function exitOf(now: CheckResult): string {
  return now.exitCode === null ? '' : ` with exit code ${now.exitCode}`;
}

function listOf(names: readonly string[]): string {
  const rest = names.length - MAX_NAMES_IN_MESSAGE;
  return `${names.slice(0, MAX_NAMES_IN_MESSAGE).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
