import type { Finding } from '../../design/design.ts';
import { lintPlan } from '../../plan/lint-plan.ts';
import { parsePlan } from '../../plan/parse-plan.ts';
import type { ReviewMode } from '../../plan/plan.ts';
import { type Report, REPORT_KINDS } from '../../report/report.ts';
import { taskOf } from '../evolve/patch.ts';
import { openPhaseFindings, openTaskFindings } from '../queries.ts';
import type { AcceptedPlan, Attempt, RunFinding, RunState } from '../state.ts';

/** What a task is reviewed for when its plan says nothing. */
const DEFAULT_REVIEW: ReviewMode = 'spec';

/** Why a report cannot be used, for the agent to act on; null when its form fits the role. */
export function reportProblem(state: RunState, attempt: Attempt, report: Report | null): string | null {
  if (report === null) return 'Your turn ended without a report.';
  if (report.kind === 'error') return null;
  const wanted = REPORT_KINDS[attempt.role];
  if (report.kind !== wanted) return `A ${attempt.role} reports ${wanted}, not ${report.kind}.`;
  return report.kind === 'review' ? reviewProblem(state, attempt, report) : null;
}

function reviewProblem(
  state: RunState,
  attempt: Attempt,
  report: Extract<Report, { kind: 'review' }>,
): string | null {
  const open = findingsToJudge(state, attempt);
  const known = new Set(open.map((finding) => finding.id));
  const unknown = report.verdicts.filter((verdict) => !known.has(verdict.findingId));
  if (unknown.length > 0) {
    return `These are not ids of open findings: ${unknown.map((verdict) => verdict.findingId).join(', ')}.`;
  }
  const stillOpen = openAfter(open, report);
  if (report.verdict === 'pass') {
    const gap = report.findings.find((finding) => finding.severity !== 'minor');
    if (gap) return `A review that passes cannot report a ${gap.severity} finding ("${gap.message}").`;
    const left = report.verdicts.filter((verdict) => verdict.verdict === 'open');
    return left.length > 0 ? 'A review that passes cannot leave findings open.' : null;
  }
  if (report.findings.length === 0 && stillOpen.length === 0) {
    return 'A review with gaps must report at least one finding, or leave one open.';
  }
  const judged = new Set(report.verdicts.map((verdict) => verdict.findingId));
  const unjudged = open.filter((finding) => !judged.has(finding.id));
  return unjudged.length > 0
    ? `Give a verdict, closed or open, on each open finding: ${unjudged.map((finding) => finding.id).join(', ')}.`
    : null;
}

/** Findings the reviewer was given and has to judge; those of checks are Tina's own to close. */
export function findingsToJudge(state: RunState, attempt: Attempt): readonly RunFinding[] {
  const task = taskOf(state, attempt.taskId);
  if (task.kind === 'review-phase') {
    return openPhaseFindings(state, task.phase ?? '').filter((finding) => finding.source !== 'check');
  }
  const source = attempt.role === 'spec-reviewer' ? 'spec-review' : 'quality-review';
  return openTaskFindings(state, task.id).filter((finding) => finding.source === source);
}

/** Findings that stay open after a review. One that passes closes all of them; one with gaps judges each (G18). */
export function openAfter(
  open: readonly RunFinding[],
  report: Extract<Report, { kind: 'review' }>,
): readonly RunFinding[] {
  const verdicts = new Map(report.verdicts.map((verdict) => [verdict.findingId, verdict.verdict]));
  if (report.verdict === 'pass') return [];
  return open.filter((finding) => verdicts.get(finding.id) !== 'closed');
}

export type PlanJudgement =
  | { readonly ok: true; readonly plan: Omit<AcceptedPlan, 'document'> }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Parses and lints a plan against the run as it stands. */
export function judgePlan(state: RunState, attempt: Attempt, markdown: string): PlanJudgement {
  const parsed = parsePlan(markdown, DEFAULT_REVIEW);
  if (parsed.plan === null) return { ok: false, findings: parsed.findings };
  const lint = lintPlan(parsed, {
    phase: taskOf(state, attempt.taskId).phase ?? '',
    knownModels: state.policy.knownModels,
    modelOverride: state.policy.modelOverride,
    tip: attempt.startCommit,
    limits: { maxTasks: state.policy.maxTasksPerPlan },
  });
  const errors = [...parsed.findings, ...lint].filter((finding) => finding.severity === 'error');
  if (errors.length > 0) return { ok: false, findings: errors };
  return { ok: true, plan: { title: parsed.plan.title, tasks: parsed.plan.tasks } };
}
