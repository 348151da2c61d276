import { expect, it } from 'vitest';
import { errorKindOfStatus, errorKindOfText } from './error-kind.ts';

it.each([
  [401, 'authentication'],
  [402, 'authentication'],
  [408, 'network'],
  [429, 'limit'],
  [400, 'crash'],
  [529, 'overload'],
] as const)('takes the status %i for %s', (status, kind) => {
  expect(errorKindOfStatus(status)).toBe(kind);
});

it.each([
  ['API key not valid. Please pass a valid API key.', 'authentication'],
  ['You’ve hit your usage limit.', 'limit'],
  ['exceeded retry limit, last status: 429 Too Many Requests', 'limit'],
  ['Cannot connect to API: The socket connection was closed unexpectedly.', 'network'],
  ['500 Internal Server Error', 'overload'],
  ['The answer is 42.', null],
] as const)('takes "%s" for %s', (text, kind) => {
  expect(errorKindOfText(text)).toBe(kind);
});
