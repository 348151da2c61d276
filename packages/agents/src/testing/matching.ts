import { expect } from 'vitest';

/** Text that matches. A bare regular expression inside `toMatchObject` passes for any value. */
export function matching(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}
