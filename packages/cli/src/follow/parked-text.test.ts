import { expect, it } from 'vitest';
import { clock } from '../output/amounts.ts';
import { NOW } from '../testing/time.test-support.ts';
import { makeAttempt } from '../testing/views.test-support.ts';
import { parkedText } from './parked-text.ts';

const until = NOW + 90_000;
const backoff = { number: 2, of: 5 };

it.each([
  [{ parkedBy: 'limit', parkedUntil: until }, `parked until ${clock(until)}, in 1m30s`],
  [
    { parkedBy: 'overload', parkedUntil: until, backoff },
    `the model's service is overloaded, tries again at ${clock(until)}, 2 of 5`,
  ],
  [
    { parkedBy: 'network', parkedUntil: until, backoff },
    `the model's service cannot be reached, tries again at ${clock(until)}, 2 of 5`,
  ],
  [{ parkedBy: 'budget' }, 'waits for its budget'],
  [{ parkedBy: 'place' }, 'parked'],
] as const)('G15 a parked agent says what it waits for: %j', (fields, text) => {
  expect(parkedText(makeAttempt({ status: 'parked', ...fields }), NOW)).toBe(text);
});
