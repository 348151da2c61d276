import type { Attempt, AttemptFailure } from '../attempt.ts';
import type { Decision } from '../command.ts';
import type { RunEvent } from '../event.ts';

export function accept(...events: readonly RunEvent[]): Decision {
  return { ok: true, events };
}

export function reject(code: string, message: string, ...next: readonly string[]): Decision {
  return { ok: false, rejection: { code, message, next } };
}

export function staleJob(jobId: string): Decision {
  return reject('stale_job', `Nothing waits for job ${jobId}.`);
}

export function attemptFailed(attempt: Attempt, failure: AttemptFailure): RunEvent {
  return { type: 'attempt.failed', data: { attemptId: attempt.id, failure } };
}
