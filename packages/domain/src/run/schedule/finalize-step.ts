import { newFailures } from '../../check/compare-checks.ts';
import type { RunEvent } from '../event.ts';
import { FIRST_STEP_OF_CHOICE } from '../finalize-steps.ts';
import { known, tipOf } from '../lookup.ts';
import { workScope } from '../work-scope.ts';
import { checksStep } from './checks-step.ts';
import { advance, applyStepRule, block, complete, type StepContext, type StepRules } from './context.ts';
import { resolveStep } from './resolve-step.ts';

/**
 * A landing that finds the base moved has lost to another one, so that something always comes in: of runs that land at the
 * same time, the last one loses to each of the others once. Far more than that is a base that somebody moves faster than
 * the checks take, and it will not hold still for the next try either.
 */
const MAX_LANDING_ROUNDS = 50;

/** finalize: what becomes of the branch. The run ends with the task. */
export function finalizeStep(context: StepContext): readonly RunEvent[] {
  const { ending, problem } = context.task;
  if (ending) return complete(context, { kind: 'finalized', ending });
  if (problem) return block(context, problem);
  return applyStepRule(FINALIZE_STEPS, context);
}

const FINALIZE_STEPS: StepRules = {
  choose,
  keep: (context) =>
    complete(context, { kind: 'finalized', ending: { kind: 'kept', branch: context.state.branch } }),
  integrate,
  resolve: (context) => resolveStep(context, tipOf(context.state)),
  merge: mergeResolution,
  checks: checkResult,
  land,
  'pull-request': (context) => request(context, 'pull_request.requested'),
  discard: (context) => request(context, 'discard.requested'),
};

function choose(context: StepContext): readonly RunEvent[] {
  const { state, task, ids } = context;
  const { finalize } = state.policy;
  if (task.choice !== null) return advance(context, FIRST_STEP_OF_CHOICE[task.choice]);
  if (finalize !== 'ask') return [{ type: 'finalize.chosen', data: { taskId: task.id, choice: finalize } }];
  const question = `All phases of ${state.feature} are done. What becomes of ${state.branch}?`;
  return [{ type: 'gate.opened', data: { id: ids.next('g'), taskId: task.id, kind: 'finalize', question } }];
}

/** The base's new commits come into the run's branch. */
function integrate(context: StepContext): readonly RunEvent[] {
  const { task } = context;
  if (task.integratedBase !== null) return advance(context, 'checks');
  if (task.conflict) return advance(context, 'resolve');
  return request(context, 'integration.requested');
}

/** What the resolver made of both sides becomes the tip; then the base is looked at again. */
function mergeResolution(context: StepContext): readonly RunEvent[] {
  const { state, task, ids, mayStart } = context;
  if (task.mergedCommit !== null) return advance(context, 'integrate');
  if (task.conflict) {
    const message = `${state.branch} was moved by someone else while its conflict was resolved.`;
    return block(context, { code: 'branch_moved', message });
  }
  if (!mayStart) return [];
  const commit = known(task.workCommit, `work of task ${task.id}`);
  const startCommit = known(task.startCommit, `start of task ${task.id}`);
  const data = { taskId: task.id, jobId: ids.next('j'), commit, startCommit, scope: workScope(task) };
  return [{ type: 'merge.requested', data }];
}

function checkResult(context: StepContext): readonly RunEvent[] {
  const { state } = context;
  return checksStep(context, {
    commit: tipOf(state),
    checks: state.policy.checks.filter((check) => check.at.includes('finalize')),
    onRecorded: (checks) => {
      const failures = newFailures(state.baseline, checks);
      const [first] = failures;
      if (!first) return advance(context, 'land');
      const failed = checks.find((check) => check.name === first.check);
      const { outputTail: output } = known(failed, `result of check ${first.check}`);
      const message = failures.map((failure) => failure.message).join('\n');
      return block(context, { code: 'checks_failed', message, output });
    },
  });
}

/** The base moves to the tip, unless it moved itself meanwhile: then the way begins anew. */
function land(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.integratedBase !== null) return request(context, 'landing.requested');
  if (task.landingRounds < MAX_LANDING_ROUNDS) return advance(context, 'integrate');
  const message =
    `${state.baseBranch} moved ${task.landingRounds} times while the result was checked, each time before it could land. ` +
    `Retry when ${state.baseBranch} is left alone for as long as the checks take.`;
  return block(context, { code: 'base_keeps_moving', message });
}

function request(
  { task, ids, mayStart }: StepContext,
  type: 'integration.requested' | 'landing.requested' | 'pull_request.requested' | 'discard.requested',
): readonly RunEvent[] {
  return mayStart ? [{ type, data: { taskId: task.id, jobId: ids.next('j') } }] : [];
}
