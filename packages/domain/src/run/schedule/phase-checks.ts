import type { CheckResult } from '../../check/check.ts';
import { type NewFailure, newFailures } from '../../check/compare-checks.ts';
import { reviewTaskName } from '../../naming/names.ts';
import type { RunEvent } from '../event.ts';
import { phaseNumberOf, taskNamed, tipOf } from '../lookup.ts';
import { isDone, openPhaseFindings } from '../queries.ts';
import { checksStep } from './checks-step.ts';
import type { StepContext } from './context.ts';
import { closeFinding } from './review-findings.ts';

/** The checks of a phase on the tip: new failures become findings, and those of checks that pass again are closed. */
export function phaseChecks(
  context: StepContext,
  then: (commit: string) => readonly RunEvent[],
): readonly RunEvent[] {
  const { state } = context;
  const commit = tipOf(state);
  return checksStep(context, {
    commit,
    checks: state.policy.checks.filter((check) => check.at.includes('phase')),
    onRecorded: (checks) => [...checkFindings(context, checks, commit), ...then(commit)],
  });
}

function checkFindings(
  context: StepContext,
  checks: readonly CheckResult[],
  commit: string,
): readonly RunEvent[] {
  const { state, task } = context;
  const failures = newFailures(state.baseline, checks);
  const failing = new Set(failures.map((failure) => failure.check));
  const open = openPhaseFindings(state, phaseNumberOf(task)).flatMap((finding) =>
    finding.check === null ? [] : [{ finding, check: finding.check }],
  );
  const known = new Set(open.map(({ check }) => check));
  return [
    ...open
      .filter(({ check }) => !failing.has(check))
      .map(({ finding, check }) => closeFinding(finding, `check ${check} passes at ${commit}`)),
    ...failures
      .filter((failure) => !known.has(failure.check))
      .flatMap((failure) => openFinding(context, failure)),
  ];
}

function openFinding({ state, task, ids }: StepContext, failure: NewFailure): readonly RunEvent[] {
  const id = ids.next('f');
  const phase = phaseNumberOf(task);
  const opened: RunEvent = {
    type: 'finding.opened',
    data: {
      id,
      phase,
      taskId: null,
      source: 'check',
      check: failure.check,
      severity: 'blocker',
      message: failure.message,
      file: null,
      line: null,
    },
  };
  // Whoever skipped the review ahead of its time took on what it would have found.
  if (!isDone(taskNamed(state, reviewTaskName(phase)))) return [opened];
  const because = 'the review of its phase was skipped';
  return [opened, { type: 'finding.waived', data: { findingId: id, because } }];
}
