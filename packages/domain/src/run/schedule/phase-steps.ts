import { newFailures } from '../../check/compare-checks.ts';
import { mainPhase, phaseTaskName, remediationDepth, remediationPhase } from '../../naming/names.ts';
import type { Role } from '../../policy/role.ts';
import { addPhase } from '../decide/create-run.ts';
import { findingsToJudge, openAfter } from '../decide/judge-report.ts';
import type { NewTask, RunEvent } from '../event.ts';
import { childrenOf, isDone, openPhaseFindings, taskNamed } from '../queries.ts';
import type { Attempt, Phase, RunFinding, Team } from '../state.ts';
import { attemptStep } from './attempt-step.ts';
import { checksStep } from './checks-step.ts';
import { advance, block, complete, type StepContext } from './context.ts';

function phaseOf({ state, task }: StepContext): Phase {
  const phase = state.phases.find((each) => each.number === task.phase);
  if (!phase) throw new Error(`run ${state.id} has no phase ${task.phase}`);
  return phase;
}

/** plan-phase-N: a plan that passed the lint, then a person's word where the policy asks for it. */
export function planStep(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.step === 'approve') {
    return gateStep(context, {
      kind: 'plan',
      question: `Is the plan of phase ${task.phase} good to go?`,
      onApproved: () => acceptPlan(context),
      onRejected: () => advance(context, 'plan'),
    });
  }
  return attemptStep(context, {
    role: 'planner',
    startCommit: state.tip ?? state.baseCommit,
    onSuccess: () => (state.policy.gates.plan ? advance(context, 'approve') : acceptPlan(context)),
  });
}

function gateStep(
  { state, task, ids }: StepContext,
  gate: {
    readonly kind: 'plan' | 'review';
    readonly question: string;
    readonly onApproved: () => readonly RunEvent[];
    readonly onRejected: (comment: string) => readonly RunEvent[];
  },
): readonly RunEvent[] {
  const open = task.gateId === null ? null : state.gates[task.gateId];
  if (!open) {
    const { kind, question } = gate;
    return [{ type: 'gate.opened', data: { id: ids.next('g'), taskId: task.id, kind, question } }];
  }
  return open.status === 'approved' ? gate.onApproved() : gate.onRejected(open.comment ?? '');
}

/** The plan's tasks enter the graph below the phase's execution. */
function acceptPlan(context: StepContext): readonly RunEvent[] {
  const { state, task, ids } = context;
  const phase = phaseOf(context);
  const tasks = phase.plan?.tasks ?? [];
  const execute = taskNamed(state, `execute-phase-${phase.number}`);
  const taskIds = new Map(tasks.map((planned) => [planned.number, ids.next('t')]));
  const added = tasks.map((planned): NewTask => ({
    id: taskIds.get(planned.number) ?? '',
    name: phaseTaskName(phase.number, planned.number),
    kind: 'phase-task',
    title: planned.title,
    phase: phase.number,
    teamId: phase.teamId,
    parentId: execute?.id ?? null,
    dependsOn: [task.id, ...planned.dependsOn.map((number) => taskIds.get(number) ?? '')],
    spec: planned,
  }));
  return [
    ...complete(context, { kind: 'planned', document: phase.plan?.document ?? '', tasks: tasks.length }),
    ...added.map((data): RunEvent => ({ type: 'task.added', data })),
  ];
}

/** execute-phase-N: its phase tasks, then the checks on the result. New failures become findings. */
export function executeStep(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.step === 'tasks') {
    return childrenOf(state, task.id).every(isDone) ? advance(context, 'checks') : [];
  }
  const tip = state.tip ?? state.baseCommit;
  return checksStep(context, {
    commit: tip,
    checks: state.policy.checks.filter((check) => check.at.includes('phase')),
    onRecorded: (checks) => {
      const failures = newFailures(state.baseline, checks);
      const failing = new Set(failures.map((failure) => failure.check));
      const open = openPhaseFindings(state, task.phase ?? '').filter((finding) => finding.source === 'check');
      const known = new Set(open.map((finding) => finding.check));
      return [
        ...open
          .filter((finding) => finding.check !== null && !failing.has(finding.check))
          .map((finding): RunEvent => closed(finding, `check ${finding.check} passes at ${tip}`)),
        ...failures
          .filter((failure) => !known.has(failure.check))
          .map((failure): RunEvent => ({
            type: 'finding.opened',
            data: {
              id: context.ids.next('f'),
              phase: task.phase ?? '',
              taskId: null,
              source: 'check',
              check: failure.check,
              severity: 'blocker',
              message: failure.message,
              file: null,
              line: null,
            },
          })),
        ...complete(context, { kind: 'executed', from: task.startCommit ?? state.baseCommit, to: tip }),
      ];
    },
  });
}

function closed(finding: RunFinding, because: string): RunEvent {
  return { type: 'finding.closed', data: { findingId: finding.id, because } };
}

/** review-phase-N: the reviewer's findings, a person's word where the policy asks for it, then pass or a remediation. */
export function reviewStep(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.step === 'approve') {
    if (!state.policy.gates.review) return concludeReview(context);
    return gateStep(context, {
      kind: 'review',
      question: `Phase ${task.phase} was reviewed. Is it good to go on?`,
      onApproved: () => concludeReview(context),
      onRejected: (comment) => rejectReview(context, comment),
    });
  }
  return attemptStep(context, {
    role: 'reviewer',
    startCommit: state.tip ?? state.baseCommit,
    onSuccess: (attempt) => [...reviewFindings(context, attempt), ...advance(context, 'approve')],
  });
}

const FINDING_SOURCE: Readonly<Partial<Record<Role, RunFinding['source']>>> = {
  'spec-reviewer': 'spec-review',
  'quality-reviewer': 'quality-review',
};

/** Closes the findings that a review judged closed, and opens those it reports. */
export function reviewFindings(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  const { state, task, ids } = context;
  const { report } = attempt;
  if (report?.kind !== 'review') return [];
  const before = findingsToJudge(state, attempt);
  const stillOpen = new Set(openAfter(before, report).map((finding) => finding.id));
  const source = FINDING_SOURCE[attempt.role] ?? 'review';
  return [
    ...before
      .filter((finding) => !stillOpen.has(finding.id))
      .map((finding) => closed(finding, `attempt ${attempt.id} found it closed`)),
    ...report.findings.flatMap((found): readonly RunEvent[] => {
      const id = ids.next('f');
      const opened: RunEvent = {
        type: 'finding.opened',
        data: {
          ...found,
          id,
          phase: task.phase ?? '',
          taskId: task.kind === 'phase-task' ? task.id : null,
          source,
          check: null,
        },
      };
      // Minor remarks of a review that passes are kept, and stop nothing.
      return report.verdict === 'gaps'
        ? [opened]
        : [opened, { type: 'finding.waived', data: { findingId: id, because: 'the review passed with it' } }];
    }),
  ];
}

function rejectReview(context: StepContext, comment: string): readonly RunEvent[] {
  const { task, ids } = context;
  return [
    {
      type: 'finding.opened',
      data: {
        id: ids.next('f'),
        phase: task.phase ?? '',
        taskId: null,
        source: 'person',
        check: null,
        severity: 'blocker',
        message: comment,
        file: null,
        line: null,
      },
    },
    ...concludeReview(context, true),
  ];
}

function concludeReview(context: StepContext, hasGap = false): readonly RunEvent[] {
  const { state, task } = context;
  const phase = phaseOf(context);
  const open = openPhaseFindings(state, phase.number);
  const summary = summaryOf(context);
  if (open.length === 0 && !hasGap) return complete(context, { kind: 'reviewed', verdict: 'pass', summary });
  if (remediationDepth(phase.number) >= state.policy.maxRemediationDepth) {
    const list = open.map((finding) => `${finding.severity}: ${finding.message}`).join('\n');
    return block(context, {
      code: 'remediation_limit',
      message: `Phase ${mainPhase(phase.number)} still has gaps after ${remediationDepth(phase.number)} remediations.`,
      output: list,
    });
  }
  return [...complete(context, { kind: 'reviewed', verdict: 'gaps', summary }), ...remediate(context, task.id)];
}

function summaryOf({ state, task }: StepContext): string {
  const report = Object.values(state.attempts)
    .filter((attempt) => attempt.taskId === task.id && attempt.status === 'succeeded')
    .at(-1)?.report;
  return report?.kind === 'review' ? report.summary : '';
}

/** Phase N.5 enters the graph; what comes after phase N waits for its review. */
function remediate(context: StepContext, after: string): readonly RunEvent[] {
  const { state, ids } = context;
  const phase = phaseOf(context);
  const number = remediationPhase(phase.number);
  const parent = Object.values(state.teams).find((team) => team.parentId === null) as Team;
  const added = addPhase({
    ids,
    feature: state.feature,
    parent,
    phase: { number, title: phase.title === null ? null : `${phase.title}: remaining gaps` },
    remediates: phase.number,
    after,
  });
  const main = mainPhase(phase.number);
  const nextMain = state.phases.find(
    (each) => each.remediates === null && Number(each.number) === Number(main) + 1,
  );
  const waiting = taskNamed(state, nextMain ? `plan-phase-${nextMain.number}` : 'finalize');
  const dependency: RunEvent[] = waiting
    ? [{ type: 'dependency.added', data: { taskId: waiting.id, dependsOn: added.reviewTaskId } }]
    : [];
  return [...added.events, ...dependency];
}
