import { mainPhase, remediationDepth } from '../../naming/names.ts';
import type { RunEvent } from '../event.ts';
import { known, phaseNumberOf, phaseOf, reportOf, tipOf } from '../lookup.ts';
import { attemptsOfTask, openPhaseFindings } from '../queries.ts';
import { attemptStep } from './attempt-step.ts';
import { advance, block, complete, type StepContext, type StepRules } from './context.ts';
import { gateStep } from './gate-step.ts';
import { phaseChecks } from './phase-checks.ts';
import { remediate } from './remediate.ts';
import { reviewFindings } from './review-findings.ts';

/**
 * review-phase-N: the reviewer's findings, a person's word where the policy asks for it, then pass or a remediation. The
 * checks run again only when a person retries it after the last remediation.
 */
export const REVIEW_STEPS: StepRules = {
  checks: (context) => phaseChecks(context, () => advance(context, 'review')),
  review: (context) =>
    attemptStep(context, {
      role: 'reviewer',
      startCommit: tipOf(context.state),
      onSuccess: (attempt) => [...reviewFindings(context, attempt), ...advance(context, 'approve')],
    }),
  approve: (context) => {
    if (!context.state.policy.gates.review) return conclude(context, null);
    return gateStep(context, {
      kind: 'review',
      question: question(context),
      onApproved: () => conclude(context, null),
      onRejected: (comment) => [...openPersonsFinding(context, comment), ...conclude(context, comment)],
    });
  },
};

function question({ state, task }: StepContext): string {
  const open = openPhaseFindings(state, phaseNumberOf(task)).length;
  if (open === 0) return `The review of phase ${task.phase} passed. Is it good to go on?`;
  return `The review of phase ${task.phase} left ${open} ${open === 1 ? 'gap' : 'gaps'} open. Is that all?`;
}

function openPersonsFinding({ task, ids }: StepContext, message: string): readonly RunEvent[] {
  return [
    {
      type: 'finding.opened',
      data: {
        id: ids.next('f'),
        phase: phaseNumberOf(task),
        taskId: null,
        source: 'person',
        check: null,
        severity: 'blocker',
        message,
        file: null,
        line: null,
      },
    },
  ];
}

/** Pass, a remediation, or the end of what remediations can do. A rejection is a gap of its own. */
function conclude(context: StepContext, rejection: string | null): readonly RunEvent[] {
  const { state, task } = context;
  const phase = phaseOf(state, task);
  const gaps = openPhaseFindings(state, phase.number).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
  if (rejection !== null) gaps.push(`blocker: ${rejection}`);
  const summary = summaryOf(context);
  if (gaps.length === 0) return complete(context, { kind: 'reviewed', verdict: 'pass', summary });
  const depth = remediationDepth(phase.number);
  if (depth >= state.policy.maxRemediationDepth) {
    return block(context, {
      code: 'remediation_limit',
      message: `Phase ${mainPhase(phase.number)} still has gaps after ${depth} ${depth === 1 ? 'remediation' : 'remediations'}.`,
      output: gaps.join('\n'),
    });
  }
  return [...complete(context, { kind: 'reviewed', verdict: 'gaps', summary }), ...remediate(context)];
}

function summaryOf({ state, task }: StepContext): string {
  const last = attemptsOfTask(state, task.id).findLast((attempt) => attempt.status === 'succeeded');
  return reportOf(known(last, `review of task ${task.id}`), 'review').summary;
}
