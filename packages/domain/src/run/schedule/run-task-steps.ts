import type { CheckDefinition } from '../../check/check.ts';
import { newFailures } from '../../check/compare-checks.ts';
import type { RunEvent } from '../event.ts';
import { freeSlot } from '../queries.ts';
import type { RunState } from '../state.ts';
import { attemptStep } from './attempt-step.ts';
import { checksStep } from './checks-step.ts';
import { advance, block, blockOn, complete, type StepContext } from './context.ts';

/** The baseline command of a design may be a whole benchmark. */
const BASELINE_TIMEOUT_MS = 1_800_000;
/** The name under which the design's baseline command is kept among the checks. */
const BASELINE_COMMAND_NAME = 'baseline-command';

/** What runs on the base commit before anything else. */
export function baselineChecks(state: RunState): readonly CheckDefinition[] {
  const { baselineCommand, policy } = state;
  if (baselineCommand === null) return policy.checks;
  const command: CheckDefinition = {
    name: BASELINE_COMMAND_NAME,
    command: baselineCommand,
    at: [],
    timeoutMs: BASELINE_TIMEOUT_MS,
    failures: null,
  };
  return [command, ...policy.checks];
}

/** validate-design: baseline, then the validator's word. */
export function validateStep(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.step === 'baseline') {
    return checksStep(context, {
      commit: state.baseCommit,
      checks: baselineChecks(state),
      onRecorded: (checks) => {
        const broken = checks.find(
          (check) => check.outcome === 'could_not_run' && check.name !== BASELINE_COMMAND_NAME,
        );
        if (!broken) return advance(context, 'validate');
        const message = `Check ${broken.name} could not run on the base commit, so it could never pass.`;
        return block(context, { code: 'check_could_not_run', message, output: broken.outputTail });
      },
    });
  }
  return attemptStep(context, {
    role: 'validator',
    startCommit: state.baseCommit,
    onSuccess: ({ report }) => {
      if (report?.kind !== 'validation') return [];
      if (report.status === 'stop') {
        const message = 'The validator says stop: the design cannot be carried out as it is.';
        return block(context, { code: 'validation_stopped', message, output: report.text });
      }
      return complete(context, { kind: 'validated', status: report.status, text: report.text });
    },
  });
}

/** setup-worktree: the run's branch, and the first slot with its set-up. */
export function setupStep(context: StepContext): readonly RunEvent[] {
  const { state, task, ids } = context;
  if (task.problem) return blockOn(context, task.problem);
  if (state.tip !== null) return complete(context, { kind: 'prepared', branch: state.branch });
  const slot = context.mayStart ? freeSlot(state) : null;
  return slot === null ? [] : [{ type: 'branch.requested', data: { taskId: task.id, jobId: ids.next('j'), slot } }];
}

/** finalize: what becomes of the branch. The run ends with the task. */
export function finalizeStep(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.ending) return endRun(context);
  if (task.problem) return blockOn(context, task.problem);
  switch (task.step) {
    case 'choose':
      return choose(context);
    case 'keep':
      return complete(context, { kind: 'finalized', ending: { kind: 'kept', branch: state.branch } });
    case 'integrate':
      return integrate(context);
    case 'resolve':
      return resolveBase(context);
    case 'merge':
      return mergeResolution(context);
    case 'checks':
      return finalChecks(context);
    case 'land':
      return request(context, 'landing.requested');
    case 'pull-request':
      return request(context, 'pull_request.requested');
    default:
      return request(context, 'discard.requested');
  }
}

function endRun(context: StepContext): readonly RunEvent[] {
  const { ending } = context.task;
  return ending ? complete(context, { kind: 'finalized', ending }) : [];
}

function choose(context: StepContext): readonly RunEvent[] {
  const { state, task, ids } = context;
  const preset = state.policy.finalize;
  const choice = task.choice ?? (preset === 'ask' ? null : preset);
  if (choice === null) {
    const question = `All phases of ${state.feature} are done. What becomes of ${state.branch}?`;
    return [{ type: 'gate.opened', data: { id: ids.next('g'), taskId: task.id, kind: 'finalize', question } }];
  }
  if (task.choice === null) return [{ type: 'finalize.chosen', data: { taskId: task.id, choice } }];
  return advance(context, ({ merge: 'integrate', pr: 'pull-request', keep: 'keep', discard: 'discard' } as const)[choice]);
}

function integrate(context: StepContext): readonly RunEvent[] {
  const { task, ids } = context;
  if (task.integratedBase !== null) return advance(context, 'checks');
  if (task.conflict) return advance(context, 'resolve');
  return context.mayStart ? [{ type: 'integration.requested', data: { taskId: task.id, jobId: ids.next('j') } }] : [];
}

function resolveBase(context: StepContext): readonly RunEvent[] {
  const { state, task } = context;
  if (task.conflictRounds >= MAX_CONFLICT_ROUNDS) return conflictLimit(context);
  return attemptStep(context, {
    role: 'resolver',
    startCommit: state.tip ?? state.baseCommit,
    ...(task.conflict ? { mergeCommit: task.conflict.with } : {}),
    onSuccess: () => advance(context, 'merge'),
  });
}

/** After so many resolvers the two sides move apart faster than they are brought together. */
export const MAX_CONFLICT_ROUNDS = 3;

export function conflictLimit(context: StepContext): readonly RunEvent[] {
  const files = context.task.conflict?.files.join(', ') ?? '';
  return block(context, {
    code: 'conflict_limit',
    message: `${MAX_CONFLICT_ROUNDS} resolvers could not bring both sides together: ${files}.`,
  });
}

function mergeResolution(context: StepContext): readonly RunEvent[] {
  const { task, ids } = context;
  if (task.mergedCommit !== null) return advance(context, 'integrate');
  return [
    {
      type: 'merge.requested',
      data: {
        taskId: task.id,
        jobId: ids.next('j'),
        commit: task.workCommit ?? '',
        startCommit: task.startCommit ?? '',
        scope: null,
      },
    },
  ];
}

function finalChecks(context: StepContext): readonly RunEvent[] {
  const { state } = context;
  return checksStep(context, {
    commit: state.tip ?? state.baseCommit,
    checks: state.policy.checks.filter((check) => check.at.includes('finalize')),
    onRecorded: (checks) => {
      const failures = newFailures(state.baseline, checks);
      if (failures.length === 0) return advance(context, 'land');
      const output = checks.find((check) => check.name === failures[0]?.check)?.outputTail ?? null;
      const message = failures.map((failure) => failure.message).join('\n');
      return block(context, { code: 'checks_failed', message, output });
    },
  });
}

function request(
  { task, ids, mayStart }: StepContext,
  type: 'landing.requested' | 'pull_request.requested' | 'discard.requested',
): readonly RunEvent[] {
  return mayStart ? [{ type, data: { taskId: task.id, jobId: ids.next('j') } }] : [];
}
