import { createHash, randomBytes } from 'node:crypto';

/** A new secret: 256 bits, safe in an environment variable. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What the store keeps of a secret, and what documents are known by. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
