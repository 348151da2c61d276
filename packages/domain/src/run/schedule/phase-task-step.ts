import { mergeOrder } from '../../merge/merge-order.ts';
import type { RunEvent } from '../event.ts';
import { known, reportOf, specOf, tipOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task, TaskStep } from '../task.ts';
import { attemptStep } from './attempt-step.ts';
import { advance, block, complete, type StepContext, type StepRules } from './context.ts';
import { resolveStep } from './resolve-step.ts';
import { reviewFindings } from './review-findings.ts';
import { workScope } from '../work-scope.ts';

/** phase-N-task-M: implement, review as the plan and the policy say, merge. */
export const PHASE_TASK_STEPS: StepRules = {
  implement: (context) =>
    attemptStep(context, {
      role: 'implementer',
      startCommit: context.task.workCommit ?? tipOf(context.state),
      onSuccess: () => advance(context, reviewSteps(context)[0] ?? 'merge'),
    }),
  'spec-review': (context) =>
    taskReview(
      context,
      'spec-reviewer',
      reviewSteps(context).includes('quality-review') ? 'quality-review' : 'merge',
    ),
  'quality-review': (context) => taskReview(context, 'quality-reviewer', 'merge'),
  resolve: (context) => resolveStep(context, workOf(context.task)),
  merge,
};

function reviewSteps({ state, task }: StepContext): readonly ('spec-review' | 'quality-review')[] {
  const { taskReview } = state.policy;
  if (taskReview === 'none') return [];
  const planned = specOf(task).review;
  const mode = taskReview === 'all' ? 'spec+quality' : planned;
  return (
    {
      none: [],
      spec: ['spec-review'],
      quality: ['quality-review'],
      'spec+quality': ['spec-review', 'quality-review'],
    } as const
  )[mode];
}

function taskReview(
  context: StepContext,
  role: 'spec-reviewer' | 'quality-reviewer',
  then: TaskStep,
): readonly RunEvent[] {
  const { state, task } = context;
  return attemptStep(context, {
    role,
    startCommit: workOf(task),
    onSuccess: (attempt) => {
      const findings = reviewFindings(context, attempt);
      if (reportOf(attempt, 'review').verdict === 'pass') return [...findings, ...advance(context, then)];
      if (task.reviewRounds < state.policy.maxReviewRounds) {
        return [...findings, ...advance(context, 'implement')];
      }
      const message = `${task.name} still has gaps after ${task.reviewRounds} rounds of review.`;
      return [...findings, ...block(context, { code: 'review_limit', message })];
    },
  });
}

function workOf(task: Task): string {
  return known(task.workCommit, `work of task ${task.id}`);
}

/** One merge at a time per run, dependencies first, then age (G20). */
function merge(context: StepContext): readonly RunEvent[] {
  const { state, task, ids, mayStart } = context;
  if (task.mergedCommit !== null) return complete(context, { kind: 'merged', commit: task.mergedCommit });
  if (task.problem) return block(context, task.problem);
  if (task.conflict) return advance(context, 'resolve');
  if (!mayStart || !isNextToMerge(state, task)) return [];
  return [
    {
      type: 'merge.requested',
      data: {
        taskId: task.id,
        jobId: ids.next('j'),
        commit: workOf(task),
        startCommit: known(task.startCommit, `start of task ${task.id}`),
        scope: workScope(task),
      },
    },
  ];
}

function isNextToMerge(state: RunState, task: Task): boolean {
  const merging = Object.values(state.tasks).filter(
    (each) => each.kind === 'phase-task' && each.status === 'in_progress' && each.step === 'merge',
  );
  if (merging.some((each) => each.waitsFor !== null)) return false;
  const candidates = merging.map(({ id, dependsOn, startedAt }) => ({
    id,
    dependsOn,
    readySince: known(startedAt, `start of task ${id}`),
  }));
  return mergeOrder(candidates)[0] === task.id;
}
