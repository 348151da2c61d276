import type { TurnError, TurnOutcome, Usage } from '@tina/domain';
import { completedTurn, failedTurn, interruptedTurn } from '../adapter/turn-outcomes.ts';
import { errorKindOfStatus, errorKindOfText } from '../cli/error-kind.ts';
import { type Fields, fieldsOf, textOf } from '../cli/json-fields.ts';
import type { AcpError } from './acp-connection.ts';

/** Of the protocol: somebody has to log in. */
const AUTHENTICATION_REQUIRED = -32_000;

export interface KnownOfTurn {
  readonly usage: Usage | null;
  readonly finalMessage: string;
  /** What a person has to do to log in. */
  readonly login: string;
  /** Whether an answer without usage cannot be one of the model's: an agent that tells it tells it always. */
  readonly isUsageMissing: boolean;
  /** Whether the turn has seen a tool at work. */
  readonly hasWorked: boolean;
}

/** How a turn ended, by the answer to `session/prompt`. */
export function acpOutcome(result: Fields, known: KnownOfTurn): TurnOutcome {
  const { usage, finalMessage } = known;
  const stopReason = textOf(result['stopReason']) ?? '';
  switch (stopReason) {
    case 'end_turn':
      return endOfTurn(result, known);
    case 'cancelled':
      return interruptedTurn(usage);
    case 'refusal':
      return failedTurn('refusal', finalMessage || 'The model refused.', { usage });
    case 'max_tokens':
      return failedTurn('bad_output', 'The answer is longer than the model may answer.', { usage });
    case 'max_turn_requests':
      return failedTurn('timeout', 'The agent has asked its model as often as it may in a turn.', { usage });
    default:
      return failedTurn('crash', `The agent ended its turn for a reason of its own: ${stopReason}`, {
        usage,
      });
  }
}

/** Several agents end a turn as if all was well when their model has failed; then nothing was used. */
function endOfTurn(result: Fields, known: KnownOfTurn): TurnOutcome {
  const { usage, finalMessage, isUsageMissing, hasWorked } = known;
  if (result['usage'] === null || isUsageMissing) {
    const kind = errorKindOfText(finalMessage) ?? 'crash';
    return failed(kind, finalMessage || 'The agent ended its turn without an answer of its model.', known);
  }
  if (finalMessage === '' && !hasWorked && usage?.outputTokens == null)
    return failedTurn('crash', 'The agent ended its turn and has neither said nor done anything.', { usage });
  return completedTurn({ report: null, finalMessage, usage });
}

/** @param now in ms since 1970, for limits that say how long they last */
export function outcomeOfError(error: AcpError, known: KnownOfTurn, now: number): TurnOutcome {
  const kind = kindOfError(error);
  const text = textOfError(error);
  return failed(kind, text, known, kind === 'limit' ? readReset(text, now) : null);
}

function failed(
  kind: TurnError['kind'],
  message: string,
  { usage, login }: KnownOfTurn,
  resetAt: number | null = null,
): TurnOutcome {
  if (kind !== 'authentication') return failedTurn(kind, message, { usage, resetAt });
  return failedTurn(kind, `${message}\nTo log in: ${login}`, { usage });
}

/** Names that adapters of other programs give. */
const NAMED: ReadonlyMap<string, TurnError['kind']> = new Map([
  ['rate_limit', 'limit'],
  ['usageLimitExceeded', 'limit'],
  ['overloaded', 'overload'],
  ['server_error', 'overload'],
]);

function kindOfError(error: AcpError): TurnError['kind'] {
  const { code, data } = error;
  if (code === AUTHENTICATION_REQUIRED) return 'authentication';
  const words = errorKindOfText(textOfError(error));
  const { errorKind, codexErrorInfo } = fieldsOf(data);
  const named = NAMED.get(textOf(errorKind) ?? textOf(codexErrorInfo) ?? '');
  const told = named ?? (code >= 400 && code < 600 ? errorKindOfStatus(code) : null);
  // A service that cannot be reached is told as its own error.
  if (told === 'overload' && words === 'network') return 'network';
  if (told === 'crash') return words === 'authentication' ? words : told;
  return told ?? words ?? 'crash';
}

export function textOfError({ message, data }: AcpError): string {
  const details = textOf(data) ?? textOf(fieldsOf(data)['details']) ?? textOf(fieldsOf(data)['message']);
  return details === null || message.includes(details) ? message : `${message}: ${details}`;
}

/** Gemini CLI puts it into the text: `Suggested retry after 3600s.` */
function readReset(text: string, now: number): number | null {
  const seconds = /retry after (\d{1,8}(?:\.\d+)?)\s*s/i.exec(text)?.[1];
  return seconds === undefined ? null : Math.round(now + Number(seconds) * 1000);
}
