import type { Protocol } from '../request/model-request.ts';
import type { ErrorStep, JsonObject } from '../scenario/step.ts';

/** An HTTP answer that says what went wrong. */
export interface WrittenError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_api_key',
  429: 'rate_limit_exceeded',
};

const GEMINI_STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

/** An error as each protocol tells it, with the reset time where it tells one. */
export function writeError(protocol: Protocol, step: Omit<ErrorStep, 'kind'>): WrittenError {
  const message = step.message ?? `The stand-in model answers ${step.status}.`;
  const retryAfter: Record<string, string> =
    step.retryAfterSeconds === undefined ? {} : { 'retry-after': String(step.retryAfterSeconds) };
  const headers = { ...retryAfter, ...limitHeaders(protocol, step), ...step.headers };
  return { status: step.status, headers, body: errorBody(protocol, step, message) };
}

/** A subscription's limit is told in headers; with a plain key neither service tells when it ends. */
function limitHeaders(protocol: Protocol, { resetAt }: Pick<ErrorStep, 'resetAt'>): Record<string, string> {
  if (resetAt === undefined) return {};
  switch (protocol) {
    case 'anthropic':
      return {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(resetAt),
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      };
    case 'responses':
      return {
        'x-codex-primary-used-percent': '100',
        'x-codex-primary-window-minutes': '300',
        'x-codex-primary-reset-at': String(resetAt),
      };
    case 'chat':
    case 'gemini':
      return {};
  }
}

function errorBody(protocol: Protocol, step: Omit<ErrorStep, 'kind'>, message: string): JsonObject {
  switch (protocol) {
    case 'anthropic': {
      const type = step.type ?? ANTHROPIC_TYPES[step.status] ?? 'api_error';
      return { type: 'error', error: { type, message }, request_id: 'req_stand_in' };
    }
    case 'responses':
    case 'chat': {
      const code = step.type ?? OPENAI_TYPES[step.status] ?? 'server_error';
      const limit =
        step.resetAt === undefined
          ? {}
          : { type: 'usage_limit_reached', plan_type: 'plus', resets_at: step.resetAt };
      return { error: { message, type: code, code, param: null, ...limit } };
    }
    case 'gemini': {
      const status = step.type ?? GEMINI_STATUSES[step.status] ?? 'INTERNAL';
      return { error: { code: step.status, message, status, ...retryInfo(step) } };
    }
  }
}

/** Gemini tells how long to wait in the body. */
function retryInfo(step: Omit<ErrorStep, 'kind'>): JsonObject {
  if (step.retryAfterSeconds === undefined) return {};
  const retryDelay = `${step.retryAfterSeconds}s`;
  return { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] };
}
