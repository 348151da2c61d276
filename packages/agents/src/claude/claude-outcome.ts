import type { TurnError, TurnOutcome, Usage } from '@tina/domain';
import { completedTurn, failedTurn, interruptedTurn } from '../adapter/turn-outcomes.ts';
import { errorKindOfStatus } from '../cli/error-kind.ts';
import { type Fields, listOf, numberOf, textOf } from '../cli/json-fields.ts';

export const CLAUDE_LOGIN = 'claude auth login';

/**
 * How a turn ended, by its final record. Neither `subtype` nor the exit code says it: an API that answers 500 ends with the
 * subtype `success`.
 *
 * @param resetAt when the limit that was told of ends, in ms since 1970
 */
export function claudeOutcome(
  result: Fields,
  known: { readonly usage: Usage | null; readonly resetAt: number | null; readonly apiError: string | null },
): TurnOutcome {
  const { usage } = known;
  const said = textOf(result['result']) ?? '';
  if (textOf(result['terminal_reason'])?.startsWith('aborted') === true) return interruptedTurn(usage);
  if (result['stop_reason'] === 'refusal')
    return failedTurn('refusal', said || 'The model refused.', { usage });
  if (result['is_error'] !== true) return completedTurn({ report: null, finalMessage: said, usage });
  const message = said || listOf(result['errors']).filter(isText).join('\n') || 'Claude Code gave no reason.';
  const kind = errorKind(result, known.apiError);
  if (kind === 'limit') return failedTurn(kind, message, { usage, resetAt: known.resetAt });
  if (kind !== 'authentication') return failedTurn(kind, message, { usage });
  return failedTurn(kind, `${message}\nTo log in, type:  ${CLAUDE_LOGIN}`, { usage });
}

/** @param apiError what the record before said, where no status tells */
function errorKind(result: Fields, apiError: string | null): TurnError['kind'] {
  if (result['subtype'] === 'error_max_turns') return 'timeout';
  if (result['terminal_reason'] !== 'api_error') return 'crash';
  if (result['api_error'] === 'usage_limit_reached') return 'limit';
  if (result['api_error'] === 'connection_failed') return 'network';
  const status = numberOf(result['api_error_status']);
  return status === null ? kindByName(apiError) : errorKindOfStatus(status);
}

function kindByName(apiError: string | null): TurnError['kind'] {
  switch (apiError) {
    case 'authentication_failed':
    case 'oauth_org_not_allowed':
    case 'billing_error':
      return 'authentication';
    case 'rate_limit':
      return 'limit';
    case 'overloaded':
    case 'server_error':
      return 'overload';
    case null:
    default:
      return 'network';
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
