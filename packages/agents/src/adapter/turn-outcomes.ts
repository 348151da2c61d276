import type { Report, TurnError, TurnOutcome, Usage } from '@tina/domain';

/** The longest final message that is kept, in characters: its end, where an agent's last word stands. */
export const MAX_FINAL_MESSAGE = 256 * 1024;

/** Errors are read by people and kept in events. */
const MAX_ERROR_MESSAGE = 8 * 1024;

export function completedTurn(parameters: {
  readonly report: Report | null;
  readonly finalMessage: string;
  readonly usage: Usage | null;
}): TurnOutcome {
  const { report, finalMessage, usage } = parameters;
  return { kind: 'completed', report, finalMessage: finalMessage.slice(-MAX_FINAL_MESSAGE), usage };
}

export function failedTurn(
  kind: TurnError['kind'],
  message: string,
  more: { readonly resetAt?: number | null; readonly usage?: Usage | null } = {},
): TurnOutcome {
  return {
    kind: 'failed',
    error: { kind, message: message.slice(0, MAX_ERROR_MESSAGE), resetAt: more.resetAt ?? null },
    usage: more.usage ?? null,
  };
}

/** A turn that was ended because somebody asked for it: why, knows only who asked. */
export function interruptedTurn(usage: Usage | null): TurnOutcome {
  return failedTurn('crash', 'The turn was interrupted.', { usage });
}
