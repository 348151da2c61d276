import { mergeOrder } from '../../merge/merge-order.ts';
import type { RunEvent } from '../event.ts';
import type { RunState, Task, TaskStep } from '../state.ts';
import { attemptStep } from './attempt-step.ts';
import { advance, block, complete, type StepContext } from './context.ts';
import { reviewFindings } from './phase-steps.ts';
import { conflictLimit, MAX_CONFLICT_ROUNDS } from './run-task-steps.ts';

/** phase-N-task-M: implement, review as the plan and the policy say, merge. */
export function phaseTaskStep(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  switch (task.step) {
    case 'implement':
      return attemptStep(context, {
        role: 'implementer',
        startCommit: task.workCommit ?? state.tip ?? state.baseCommit,
        onSuccess: () => advance(context, stepAfter('implement', state, task)),
      });
    case 'spec-review':
      return taskReview(context, 'spec-review', 'spec-reviewer');
    case 'quality-review':
      return taskReview(context, 'quality-review', 'quality-reviewer');
    case 'resolve':
      return resolve(context);
    default:
      return merge(context);
  }
}

function stepAfter(step: 'implement' | 'spec-review' | 'quality-review', state: RunState, task: Task): TaskStep {
  const wanted = reviewSteps(state, task);
  if (step === 'implement') return wanted[0] ?? 'merge';
  if (step === 'spec-review' && wanted.includes('quality-review')) return 'quality-review';
  return 'merge';
}

function reviewSteps({ policy }: RunState, task: Task): readonly ('spec-review' | 'quality-review')[] {
  if (policy.taskReview === 'none') return [];
  const mode = policy.taskReview === 'all' ? 'spec+quality' : (task.spec?.review ?? 'none');
  const steps = { none: [], spec: ['spec-review'], quality: ['quality-review'] } as const;
  return mode === 'spec+quality' ? ['spec-review', 'quality-review'] : steps[mode];
}

function taskReview(
  context: StepContext,
  step: 'spec-review' | 'quality-review',
  role: 'spec-reviewer' | 'quality-reviewer',
): readonly RunEvent[] {
  const { state, task } = context;
  return attemptStep(context, {
    role,
    startCommit: task.workCommit ?? state.baseCommit,
    onSuccess: (attempt) => {
      const findings = reviewFindings(context, attempt);
      const hasGaps = attempt.report?.kind === 'review' && attempt.report.verdict === 'gaps';
      if (!hasGaps) return [...findings, ...advance(context, stepAfter(step, state, task))];
      if (task.reviewRounds < state.policy.maxReviewRounds) return [...findings, ...advance(context, 'implement')];
      const message = `${task.name} still has gaps after ${task.reviewRounds} rounds of review.`;
      return [...findings, ...block(context, { code: 'review_limit', message })];
    },
  });
}

function resolve(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.conflictRounds >= MAX_CONFLICT_ROUNDS) return conflictLimit(context);
  return attemptStep(context, {
    role: 'resolver',
    startCommit: task.workCommit ?? state.baseCommit,
    ...(task.conflict ? { mergeCommit: task.conflict.with } : {}),
    onSuccess: () => advance(context, 'merge'),
  });
}

/** One merge at a time per run, dependencies first, then age (G20). */
function merge(context: StepContext): readonly RunEvent[] {
  const { state, task, ids } = context;
  if (task.mergedCommit !== null) return complete(context, { kind: 'merged', commit: task.mergedCommit });
  if (task.problem) return block(context, task.problem);
  if (task.conflict) return advance(context, 'resolve');
  const merging = Object.values(state.tasks).filter((each) => each.kind === 'phase-task' && each.step === 'merge');
  if (merging.some((each) => each.waitsFor !== null)) return [];
  const candidates = merging
    .filter((each) => each.status === 'in_progress' && each.mergedCommit === null && each.problem === null)
    .map((each) => ({ id: each.id, dependsOn: each.dependsOn, readySince: each.startedAt ?? 0 }));
  if (mergeOrder(candidates)[0] !== task.id) return [];
  return [
    {
      type: 'merge.requested',
      data: {
        taskId: task.id,
        jobId: ids.next('j'),
        commit: task.workCommit ?? '',
        startCommit: task.startCommit ?? state.baseCommit,
        scope: task.spec?.files ?? null,
      },
    },
  ];
}
