import type { TurnError } from '@tina/domain';

type ErrorKind = TurnError['kind'];

/** What an answer of the model's service means, by its HTTP status. */
export function errorKindOfStatus(status: number): ErrorKind {
  if (status === 401 || status === 402 || status === 403) return 'authentication';
  if (status === 429) return 'limit';
  if (status === 408) return 'network';
  return status >= 500 ? 'overload' : 'crash';
}

const WORDS: readonly (readonly [ErrorKind, RegExp])[] = [
  [
    'authentication',
    /\b40[13]\b|\bunauthori[sz]ed\b|\bunauthenticated\b|authenticat|\bapi[ _]key\b|\blog ?in\b/i,
  ],
  ['limit', /\b429\b|rate.?limit|usage limit|\bquota\b|too many requests|resource_exhausted/i],
  [
    'network',
    /fetch failed|\bECONN|\bENOTFOUND|\bEAI_AGAIN|\bterminated\b|socket|connect|network|stream ended/i,
  ],
  ['overload', /\b5\d\d\b|overload|high demand|internal server|server error|unavailable/i],
];

/**
 * What an error means of which there are words alone: for programs that tell no status. They may change them at any time; what
 * is not known is null.
 */
export function errorKindOfText(text: string): ErrorKind | null {
  return WORDS.find(([, words]) => words.test(text))?.[0] ?? null;
}
