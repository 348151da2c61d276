import type { Decision } from '../command.ts';
import type { RunEvent } from '../event.ts';

export function accept(...events: readonly RunEvent[]): Decision {
  return { ok: true, events };
}

export function reject(code: string, message: string, ...next: readonly string[]): Decision {
  return { ok: false, rejection: { code, message, next } };
}
