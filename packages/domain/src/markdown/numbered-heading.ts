/** A heading such as `Phase 2: Storage` or `Task 3 - Title`. */
export type NumberedHeading =
  | { readonly kind: 'numbered'; readonly number: number; readonly title: string | null }
  /** It is meant as one and has no whole number from 1: `Phase One`, `Phase 1.5`, `Phase 0`, `Phase: Storage`. */
  | { readonly kind: 'malformed' };

const NUMBERED = /^\s+(?<number>[1-9]\d*)(?:\s*(?:[:)]|[.–—-](?!\d))\s*|\s+|$)(?<title>.*)$/;

const MALFORMED: readonly RegExp[] = [
  // Digits that are no whole number from 1 with a title: 1.5, 1a, 01, #1, Phase1
  /^\s*[-#:–—]?\s*\d/,
  // No number at all
  /^\s*[:–—]\s*\S/,
  /^\s+-\s+\S/,
  // A word, a letter or a Roman number
  /^\s+(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b/i,
  /^\s+(?:[A-Z]|[IVX]+)(?:\s*[:.)–—]|\s+-\s|$)/,
];

/**
 * Reads a heading that numbers something. `word` is in lower case; the heading may be in any. Null for a heading that
 * merely begins with the word, such as `Phase estimates` or `Phases`.
 */
export function numberedHeading(text: string, word: string): NumberedHeading | null {
  if (!text.toLowerCase().startsWith(word)) return null;
  const rest = text.slice(word.length);
  const numbered = NUMBERED.exec(rest);
  if (numbered) {
    const { number, title } = numbered.groups as { number: string; title: string };
    return { kind: 'numbered', number: Number(number), title: title === '' ? null : title };
  }
  return MALFORMED.some((pattern) => pattern.test(rest)) ? { kind: 'malformed' } : null;
}
