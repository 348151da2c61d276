import {
  type Attempt,
  attemptsOfTask,
  type CheckResult,
  type Design,
  findingsToJudge,
  isWritingRole,
  MAX_LINES_PER_TASK,
  openPhaseFindings,
  openTaskFindings,
  type Phase,
  type Role,
  type RunFinding,
  type RunState,
  type Task,
  taskText,
  workScope,
} from '@tina/domain';
import { fillTemplate } from './template.ts';
import { reportInstructions } from './report-instructions.ts';
import { toolList } from './tool-list.ts';

/** What a prompt is made from. */
export interface PromptSources {
  readonly state: RunState;
  readonly attempt: Attempt;
  readonly task: Task;
  readonly design: Design;
  readonly designText: string;
  /** The text of the phase's accepted plan; null before there is one. */
  readonly planText: string | null;
}

/** The first prompt of an attempt: its role's template with what this task needs to know, and nothing else. */
export function renderPrompt(sources: PromptSources): string {
  const { state, attempt, task, designText } = sources;
  const phase = state.phases.find((each) => each.number === task.phase);
  return fillTemplate(attempt.role, {
    runId: state.id,
    feature: state.feature,
    branch: state.branch,
    tip: attempt.startCommit,
    phase: task.phase ?? '',
    design: designText.trim(),
    phaseText: phaseText(sources, phase),
    plan: planAsEdited(sources),
    taskName: task.name,
    taskTitle: task.title,
    body: task.spec?.body ?? '',
    acceptance: bullets(task.spec?.acceptance ?? []),
    files: workScope(task)
      .map((file) => `\`${file}\``)
      .join(', '),
    attemptBranch: attempt.branch,
    startCommit: attempt.startCommit,
    mergeCommit: attempt.mergeCommit ?? '',
    conflictFiles: (task.conflict?.files ?? []).join(', '),
    range: rangeOf(state, task, phase),
    models: state.policy.knownModels.join(' | ') || 'a model that the agents know',
    tags: tagsField(state),
    maxTasks: String(state.policy.maxTasksPerPlan),
    maxLines: String(MAX_LINES_PER_TASK),
    scope: scopeText(task),
    checks: checksText(sources),
    baseline: baselineText(state.baseline),
    architecture: sources.design.architecturalContext
      ? `## Architectural context\n\n${sources.design.architecturalContext.trim()}`
      : '',
    metrics: metricsText(sources.design),
    remediation: remediationText(state, phase, attempt.role),
    findings: findingsText(state, attempt, task),
    gateComment: task.comment ? `## What the person who read the last plan wants\n\n${task.comment}` : '',
    predecessor: predecessorText(state, attempt),
    tools: toolList(attempt.role),
    report: reportInstructions(attempt.role, task.phase),
  });
}

/** The plan as its planner wrote it, and below it the tasks that a person changed before they began. */
function planAsEdited({ state, task, planText }: PromptSources): string {
  const edited = Object.values(state.tasks).flatMap(({ phase, edits = 0, spec }) =>
    phase === task.phase && edits > 0 && spec !== null ? [taskText(spec).trim()] : [],
  );
  const plan = planText?.trim() ?? '';
  if (edited.length === 0) return plan;
  return [
    plan,
    'A person changed these tasks of the plan before they began; this is how they were done:',
    ...edited,
  ].join('\n\n');
}

/** What a resolver may change. */
function scopeText(task: Task): string {
  const scope = workScope(task)
    .map((file) => `\`${file}\``)
    .join(', ');
  const other = task.conflict?.with ?? '';
  return task.kind === 'finalize'
    ? `Beyond what git merges by itself, your commit may change these files alone: ${scope}.`
    : `Compared with \`${other}\`, your commit may differ in these files alone: ${scope}.`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** The section of the design; a remediation's is that of the phase whose gaps it closes. */
function phaseText({ design }: PromptSources, phase: Phase | undefined): string {
  const main = phase?.number.split('.')[0];
  const section = design.phases.find((each) => each.number === main);
  return section ? `${section.title ?? ''}\n\n${section.body}`.trim() : '';
}

function rangeOf(state: RunState, task: Task, phase: Phase | undefined): string {
  if (task.kind === 'phase-task')
    return `${task.startCommit ?? state.baseCommit}..${task.workCommit ?? 'HEAD'}`;
  return `${phase?.startCommit ?? state.baseCommit}..${phase?.endCommit ?? state.tip ?? 'HEAD'}`;
}

function checksText({ state, attempt, task }: PromptSources): string {
  if (attempt.role === 'reviewer') {
    const execute = Object.values(state.tasks).find(
      (each) => each.kind === 'execute-phase' && each.phase === task.phase,
    );
    // The review runs them again when a person retries it.
    const newest = task.checks.length > 0 ? task.checks : (execute?.checks ?? []);
    return resultLines(newest) || 'No checks are configured.';
  }
  const names = state.policy.checks.filter((check) => check.at.includes('task')).map((check) => check.name);
  return isWritingRole(attempt.role) && names.length > 0 ? names.join(', ') : 'none are configured';
}

function resultLines(checks: readonly CheckResult[]): string {
  return bullets(checks.map((check) => `${check.name}: ${check.outcome.replaceAll('_', ' ')}`));
}

function baselineText(checks: readonly CheckResult[]): string {
  if (checks.length === 0) return '';
  const tails = checks
    .filter((check) => check.outcome !== 'passed')
    .map((check) => `\nThe end of the output of ${check.name}:\n\n${check.outputTail}`);
  return ['## The checks on the base commit', '', resultLines(checks), ...tails].join('\n');
}

/** What the design says the work is measured by. */
function metricsText({ successMetrics }: Design): string {
  if (!successMetrics) return '';
  const { goal, progressCommand, roiThreshold } = successMetrics;
  const lines = [
    goal && `Goal: ${goal}`,
    progressCommand && `Progress is measured by \`${progressCommand}\`.`,
    roiThreshold && `It is worth its cost from ${roiThreshold}.`,
  ].filter((line) => line !== null && line !== '');
  return lines.length === 0 ? '' : `## How success is measured\n\n${bullets(lines as string[])}`;
}

function remediationText(state: RunState, phase: Phase | undefined, role: Role): string {
  if (!phase?.remediates) return '';
  const open = openPhaseFindings(state, phase.number);
  if (role === 'reviewer') {
    return `Phase ${phase.number} closes gaps of phase ${phase.remediates}. Look whether the findings below are closed, and whether new gaps came in.`;
  }
  const lines = open.map(findingLine);
  return [
    `This phase closes the gaps that the review of phase ${phase.remediates} found. Plan exactly this, and nothing else:`,
    '',
    bullets(lines),
  ].join('\n');
}

function findingLine(finding: RunFinding): string {
  const place =
    finding.file === null ? '' : ` (${finding.file}${finding.line === null ? '' : `:${finding.line}`})`;
  return `${finding.id}, ${finding.severity}: ${finding.message}${place}`;
}

function findingsText(state: RunState, attempt: Attempt, task: Task): string {
  const isReview = !isWritingRole(attempt.role);
  const findings = isReview ? findingsToJudge(state, attempt) : openTaskFindings(state, task.id);
  const ofChecks =
    task.kind === 'review-phase'
      ? openPhaseFindings(state, task.phase ?? '').filter((finding) => finding.source === 'check')
      : [];
  if (findings.length + ofChecks.length === 0) return '';
  const title = isReview ? '## Open findings: judge each of them' : '## Findings to close';
  const checks =
    ofChecks.length === 0
      ? []
      : ['', 'Found by checks, and closed by them alone:', '', bullets(ofChecks.map(findingLine))];
  return [title, '', bullets(findings.map(findingLine)), ...checks].join('\n');
}

function predecessorText(state: RunState, attempt: Attempt): string {
  const before = attemptsOfTask(state, attempt.taskId).find((each) => each.id === attempt.predecessor);
  if (!before) return '';
  const reason = before.failure?.message ?? before.endReason;
  const why = reason ? `: ${reason}` : '';
  const kept = before.rescueRef
    ? ` Its work is kept under \`${before.rescueRef}\`; look at it and take what is good.`
    : '';
  return `## The attempt before this one\n\nAttempt ${before.number} was ${before.status}${why}.${kept}`;
}

/** Only tags that the policy routes mean something. */
function tagsField({ policy }: RunState): string {
  const tags = Object.keys(policy.routing?.tags ?? {});
  return tags.length === 0 ? '' : `\n**Tags:** <none, or what fits the task of: ${tags.join(', ')}>`;
}
