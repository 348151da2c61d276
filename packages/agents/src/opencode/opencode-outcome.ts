import type { TurnError, TurnOutcome, Usage } from '@tina/domain';
import { failedTurn, interruptedTurn } from '../adapter/turn-outcomes.ts';
import { errorKindOfStatus, errorKindOfText } from '../cli/error-kind.ts';
import { type Fields, fieldsOf, numberOf, textOf } from '../cli/json-fields.ts';

const OPENCODE_LOGIN = 'opencode auth login';

/** With its pauses of 2 and 4 s three tries take some seconds; after that waiting is Tina's (G15). */
const MAX_ATTEMPTS = 3;
/** No back-off is so long: what waits longer waits for the end of a limit. */
const LONG_WAIT_MS = 60_000;

/** What OpenCode says when it is going to try again. */
export interface Retry {
  /** How many tries have failed. */
  readonly attempt: number;
  readonly message: string;
  /** When, in ms since 1970. */
  readonly next: number | null;
}

/** When the limit ends that a retry waits for; null when it only backs off. */
export function resetOf({ next }: Retry, now: number): number | null {
  return next !== null && next - now > LONG_WAIT_MS ? next : null;
}

/** How a turn ends whose model was asked often enough; null: once more. OpenCode itself would never give up. */
export function giveUp(retry: Retry, usage: Usage | null, now: number): TurnOutcome | null {
  const resetAt = resetOf(retry, now);
  if (resetAt !== null) return failedTurn('limit', retry.message, { usage, resetAt });
  if (retry.attempt < MAX_ATTEMPTS) return null;
  // A retry has no status: its words are all there is.
  const kind = errorKindOfText(retry.message) ?? 'overload';
  return failedTurn(kind, retry.message, { usage });
}

/** How a turn ended that OpenCode gave up, by the error of `session.error` or of its message. */
export function outcomeOfError(error: Fields, usage: Usage | null, now: number): TurnOutcome {
  const name = textOf(error['name']) ?? '';
  if (name === 'MessageAbortedError') return interruptedTurn(usage);
  const data = fieldsOf(error['data']);
  const message = textOf(data['message']) ?? (name || 'OpenCode gave no reason.');
  const kind = kindOf(name, data, message);
  if (kind === 'authentication')
    return failedTurn(kind, `${message}\nTo log in, type:  ${OPENCODE_LOGIN}`, { usage });
  const wait = numberOf(Number(fieldsOf(data['responseHeaders'])['retry-after'] ?? Number.NaN));
  const resetAt = kind === 'limit' && wait !== null ? now + wait * 1000 : null;
  return failedTurn(kind, message, { usage, resetAt });
}

function kindOf(name: string, data: Fields, message: string): TurnError['kind'] {
  switch (name) {
    case 'ProviderAuthError':
      return 'authentication';
    case 'ContentFilterError':
      return 'refusal';
    case 'MessageOutputLengthError':
    case 'StructuredOutputError':
      return 'bad_output';
    default: {
      const status = numberOf(data['statusCode']);
      return status === null ? (errorKindOfText(message) ?? 'crash') : errorKindOfStatus(status);
    }
  }
}
