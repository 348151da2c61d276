import type { TurnError, TurnOutcome, Usage } from '@tina/domain';
import { completedTurn, failedTurn, interruptedTurn } from '../adapter/turn-outcomes.ts';
import { errorKindOfStatus } from '../cli/error-kind.ts';
import { type Fields, fieldsOf, numberOf, textOf } from '../cli/json-fields.ts';

export const CODEX_LOGIN = 'codex login';

interface Known {
  readonly usage: Usage | null;
  /** When the limit that was told of ends, in ms since 1970. */
  readonly resetAt: number | null;
  /** The last thing that the agent said. */
  readonly finalMessage: string;
}

/** How a turn ended, by the `turn` of `turn/completed`. */
export function codexOutcome(turn: Fields, { usage, resetAt, finalMessage }: Known): TurnOutcome {
  if (turn['status'] === 'completed') return completedTurn({ report: null, finalMessage, usage });
  if (turn['status'] === 'interrupted') return interruptedTurn(usage);
  const error = fieldsOf(turn['error']);
  const message = textOf(error['message']) ?? 'Codex gave no reason.';
  const kind = codexErrorKind(error['codexErrorInfo']);
  if (kind === 'limit') return failedTurn(kind, message, { usage, resetAt });
  if (kind !== 'authentication') return failedTurn(kind, message, { usage });
  return failedTurn(kind, `${message}\n${LOGIN_HINT}`, { usage });
}

const LOGIN_HINT = `To log in, type:  ${CODEX_LOGIN}`;

/** Known before anything is asked of a model. */
export function notLoggedIn(): TurnOutcome {
  return failedTurn('authentication', `Nobody is logged in to Codex.\n${LOGIN_HINT}`);
}

const KINDS: Readonly<Record<string, TurnError['kind']>> = {
  usageLimitExceeded: 'limit',
  rateLimitExceeded: 'limit',
  serverOverloaded: 'overload',
  internalServerError: 'overload',
  flexUnavailable: 'overload',
  policyCapacityUnavailable: 'overload',
  unauthorized: 'authentication',
  cyberPolicy: 'refusal',
  misalignmentPolicyViolation: 'refusal',
  inferenceHookDenied: 'refusal',
  // A stream that broke off or fell silent.
  other: 'network',
};

/** @param info a name, or a name with the status of the answer */
function codexErrorKind(info: unknown): TurnError['kind'] {
  const name = textOf(info);
  if (name !== null) return Object.hasOwn(KINDS, name) ? (KINDS[name] ?? 'crash') : 'crash';
  const [told] = Object.values(fieldsOf(info)).map(fieldsOf);
  if (told === undefined || !('httpStatusCode' in told)) return 'crash';
  const status = numberOf(told['httpStatusCode']);
  return status === null ? 'network' : errorKindOfStatus(status);
}
