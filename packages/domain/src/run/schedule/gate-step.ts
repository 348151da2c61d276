import type { RunEvent } from '../event.ts';
import { gateOf, known } from '../lookup.ts';
import type { StepContext } from './context.ts';

/** A step at which a person must approve. */
export function gateStep(
  { state, task, ids }: StepContext,
  gate: {
    readonly kind: 'plan' | 'review';
    readonly question: string;
    readonly onApproved: () => readonly RunEvent[];
    readonly onRejected: (comment: string) => readonly RunEvent[];
  },
): readonly RunEvent[] {
  if (task.gateId === null) {
    const { kind, question } = gate;
    return [{ type: 'gate.opened', data: { id: ids.next('g'), taskId: task.id, kind, question } }];
  }
  const { status, comment } = gateOf(state, task.gateId);
  if (status === 'approved') return gate.onApproved();
  return gate.onRejected(known(comment, `comment of gate ${task.gateId}`));
}
