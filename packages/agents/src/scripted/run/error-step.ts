import type { StepOf } from '../script/steps.ts';
import type { Stage, StepOutcome } from './stage.ts';
import { expand } from './variables.ts';

const MESSAGES = {
  limit: 'The usage limit is reached.',
  overload: 'The model is overloaded.',
  network: 'The model cannot be reached.',
  authentication: 'The login is not valid any more.',
  refusal: 'The model refuses to do this.',
} as const;

type ErrorStep = StepOf<keyof typeof MESSAGES>;

/** Ends the turn with an error that is not the work's fault. The agent stays and takes another turn. */
export async function errorStep(step: ErrorStep, stage: Stage): Promise<StepOutcome> {
  const message = await expand(step.message ?? MESSAGES[step.kind], stage);
  const resetAt = step.kind === 'limit' && step.resetIn !== null ? Date.now() + step.resetIn : null;
  return { kind: 'final', final: { error: { kind: step.kind, message, resetAt } } };
}
