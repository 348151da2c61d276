import { randomUUID } from 'node:crypto';

/** A key for one thing that a person asks: sent again with the same key, it has one effect and one answer. */
export function newIdempotencyKey(): string {
  return randomUUID();
}
