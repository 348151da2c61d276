import { sortFindings } from '../../design/finding.ts';
import type { Finding } from '../../design/design.ts';
import { lintPlan } from '../../plan/lint-plan.ts';
import { parsePlan } from '../../plan/parse-plan.ts';
import type { ReviewMode } from '../../plan/plan.ts';
import { type Report, REPORT_KINDS } from '../../report/report.ts';
import type { Attempt } from '../attempt.ts';
import type { Role } from '../../policy/role.ts';
import { phaseNumberOf, taskOf } from '../lookup.ts';
import { openPhaseFindings, openTaskFindings } from '../queries.ts';
import type { RunFinding } from '../run-finding.ts';
import type { AcceptedPlan, RunState } from '../state.ts';

/** What a task is reviewed for when its plan says nothing. */
const DEFAULT_REVIEW: ReviewMode = 'spec';

type ReviewReport = Extract<Report, { kind: 'review' }>;

/** Why a report cannot be used, for the agent to act on; null when its form fits the role. */
export function reportProblem(state: RunState, attempt: Attempt, report: Report): string | null {
  if (report.kind === 'error') return null;
  const wanted = REPORT_KINDS[attempt.role];
  if (report.kind !== wanted) return `A ${attempt.role} reports ${wanted}, not ${report.kind}.`;
  return report.kind === 'review' ? reviewProblem(findingsToJudge(state, attempt), report) : null;
}

function reviewProblem(open: readonly RunFinding[], report: ReviewReport): string | null {
  const known = new Set(open.map((finding) => finding.id));
  const unknown = report.verdicts.map((verdict) => verdict.findingId).filter((id) => !known.has(id));
  if (unknown.length > 0) return `These are not ids of open findings: ${unknown.join(', ')}.`;
  return report.verdict === 'pass' ? passProblem(report) : gapsProblem(open, report);
}

function passProblem(report: ReviewReport): string | null {
  const gap = report.findings.find((finding) => finding.severity !== 'minor');
  if (gap) return `A review that passes cannot report a ${gap.severity} finding ("${gap.message}").`;
  const hasLeft = report.verdicts.some((verdict) => verdict.verdict === 'open');
  return hasLeft ? 'A review that passes cannot leave findings open.' : null;
}

/** Each finding gets a verdict of its own (G18); where none is given, as in the one-line form, all of them stay open. */
function gapsProblem(open: readonly RunFinding[], report: ReviewReport): string | null {
  if (report.findings.length === 0 && openAfter(open, report).length === 0) {
    return 'A review with gaps must report at least one finding, or leave one open.';
  }
  if (report.verdicts.length === 0) return null;
  const judged = new Set(report.verdicts.map((verdict) => verdict.findingId));
  const unjudged = open.map((finding) => finding.id).filter((id) => !judged.has(id));
  return unjudged.length > 0
    ? `Give a verdict, closed or open, on each open finding: ${unjudged.join(', ')}.`
    : null;
}

/** Findings the reviewer was given and has to judge; those of checks are Tina's own to close. None for other roles. */
export function findingsToJudge(state: RunState, attempt: Attempt): readonly RunFinding[] {
  const task = taskOf(state, attempt.taskId);
  const open =
    task.kind === 'review-phase'
      ? openPhaseFindings(state, phaseNumberOf(task))
      : openTaskFindings(state, task.id);
  const sources = JUDGED_SOURCES[attempt.role] ?? [];
  return open.filter((finding) => sources.includes(finding.source));
}

const JUDGED_SOURCES: Readonly<Partial<Record<Role, readonly RunFinding['source'][]>>> = {
  reviewer: ['review', 'person'],
  'spec-reviewer': ['spec-review'],
  'quality-reviewer': ['quality-review'],
};

/** Findings that stay open after a review. One that passes closes all of them; one with gaps judges each (G18). */
export function openAfter(open: readonly RunFinding[], report: ReviewReport): readonly RunFinding[] {
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
    phase: phaseNumberOf(taskOf(state, attempt.taskId)),
    knownModels: state.policy.knownModels,
    modelOverride: state.policy.modelOverride,
    tip: attempt.startCommit,
    limits: { maxTasks: state.policy.maxTasksPerPlan },
  });
  const errors = [...parsed.findings, ...lint].filter((finding) => finding.severity === 'error');
  if (errors.length > 0) return { ok: false, findings: sortFindings(errors) };
  return { ok: true, plan: { title: parsed.plan.title, tasks: parsed.plan.tasks } };
}
