import type { CheckDefinition, CheckResult } from '../../check/check.ts';
import type { RunEvent } from '../event.ts';
import { reportOf, tipOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import { attemptStep } from './attempt-step.ts';
import { checksStep } from './checks-step.ts';
import { advance, block, complete, type StepContext, type StepRules } from './context.ts';

/** The baseline command of a design may be a whole benchmark. */
const BASELINE_TIMEOUT_MS = 1_800_000;
/** The name under which the design's baseline command is kept among the checks. */
const BASELINE_COMMAND_NAME = 'baseline-command';

/** validate-design: baseline, then the validator's word. */
export const VALIDATE_STEPS: StepRules = {
  baseline: (context) =>
    checksStep(context, {
      commit: context.state.baseCommit,
      checks: baselineChecks(context.state),
      onRecorded: (checks) => judgeBaseline(context, checks),
    }),
  validate: (context) =>
    attemptStep(context, {
      role: 'validator',
      startCommit: tipOf(context.state),
      onSuccess: (attempt) => {
        const { status, text } = reportOf(attempt, 'validation');
        if (status !== 'stop') return complete(context, { kind: 'validated', status, text });
        const message = 'The validator says stop: the design cannot be carried out as it is.';
        return block(context, { code: 'validation_stopped', message, output: text });
      },
    }),
};

/** What runs on the base commit before anything else. */
export function baselineChecks({ baselineCommand, policy }: RunState): readonly CheckDefinition[] {
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

function judgeBaseline(context: StepContext, checks: readonly CheckResult[]): readonly RunEvent[] {
  const broken = checks.find(
    (check) => check.outcome === 'could_not_run' && check.name !== BASELINE_COMMAND_NAME,
  );
  if (!broken) return advance(context, 'validate');
  const message = `Check ${broken.name} could not run on the base commit, so it could never pass.`;
  return block(context, { code: 'check_could_not_run', message, output: broken.outputTail });
}
