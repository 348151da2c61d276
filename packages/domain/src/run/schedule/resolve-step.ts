import type { RunEvent } from '../event.ts';
import { known } from '../lookup.ts';
import { attemptStep } from './attempt-step.ts';
import { advance, block, type StepContext } from './context.ts';

/** After so many resolvers the two sides move apart faster than they are brought together. */
const MAX_CONFLICT_ROUNDS = 3;

/** A resolver brings both sides of a conflict together, beginning at one of them; then they are merged again. */
export function resolveStep(context: StepContext, startCommit: string): readonly RunEvent[] {
  const { task } = context;
  const conflict = known(task.conflict, `conflict of task ${task.id}`);
  if (task.conflictRounds >= MAX_CONFLICT_ROUNDS) {
    const files = conflict.files.join(', ');
    const message = `${MAX_CONFLICT_ROUNDS} resolvers could not bring both sides together: ${files}.`;
    return block(context, { code: 'conflict_limit', message });
  }
  return attemptStep(context, {
    role: 'resolver',
    startCommit,
    mergeCommit: conflict.with,
    onSuccess: () => advance(context, 'merge'),
  });
}
