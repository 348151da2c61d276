import type { ActionView } from '@tina/contract';
import type { StoredAction } from '@tina/store';
import type { RecordedOutcome } from '../operation/control-actions.ts';

/** A control action for people and programs. */
export function actionView(action: StoredAction): ActionView {
  const { sequence, id, runId, kind, requestedBy, requestedAt, reasonCode, afterEvent, lastEvent } = action;
  const recorded = JSON.parse(action.answer) as RecordedOutcome;
  return {
    sequence,
    id,
    runId,
    kind,
    requestedBy,
    requestedAt,
    input: JSON.parse(action.payload) as ActionView['input'],
    outcome: action.outcome,
    reasonCode,
    message: recorded.ok ? null : recorded.error.message,
    answer: recorded.ok ? (recorded.answer ?? null) : null,
    afterEvent,
    lastEvent,
  };
}
