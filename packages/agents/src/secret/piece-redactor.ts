import type { Secret } from './secret.ts';

/**
 * Takes secrets out of a text that comes in pieces, wherever one is cut in two (G30). The end of a piece is held back as
 * long as it could be the beginning of a secret, and no more than that.
 */
export class PieceRedactor {
  readonly #secrets: readonly Secret[];
  /** Any of the secrets, the longest first; null when there is none. */
  readonly #pattern: RegExp | null;
  readonly #longest: number;
  #held = '';
  /** How many characters of what is held have been given out by `release`. */
  #released = 0;

  constructor(secrets: readonly Secret[]) {
    const sorted = secrets.toSorted((a, b) => b.value.length - a.value.length);
    const pattern = sorted.map(({ value }) => `(${escaped(value)})`).join('|');
    this.#secrets = sorted;
    this.#pattern = sorted.length === 0 ? null : new RegExp(pattern, 'g');
    this.#longest = sorted[0]?.value.length ?? 0;
  }

  /** What is held back, as it would be given out if the text ended here. */
  get held(): string {
    return this.#clean(this.#held, this.#held.length);
  }

  /** Takes a piece; answers with what may be seen. */
  push(piece: string): string {
    const text = this.#held + piece;
    const end = this.#beginningOfSecret(text);
    const answer = this.#clean(text, end);
    this.#held = text.slice(end);
    this.#released = Math.max(0, this.#released - end);
    return answer;
  }

  /**
   * What is held back although nothing has followed for a while, unless it is as long as this: then it is hardly there by
   * chance. It stays in mind: a secret that goes on is still found.
   */
  release(tooLong: number): string {
    if (this.#held.length >= tooLong) return '';
    const { held } = this;
    this.#released = this.#held.length;
    return held;
  }

  /** The text has ended: gives out what is held back. */
  flush(): string {
    const { held } = this;
    this.#held = '';
    this.#released = 0;
    return held;
  }

  /**
   * The beginning of the text up to `end`, without what was released before. What was, and has turned out to be the beginning
   * of a secret, cannot be taken back; the secret's rest is not shown.
   */
  #clean(text: string, end: number): string {
    const matches = this.#matchesIn(text).filter(({ index }) => index < end);
    let clean = '';
    let from = 0;
    for (const match of matches) {
      clean += `${text.slice(from, match.index)}${this.#shown(match)}`;
      from = match.index + match[0].length;
    }
    clean += text.slice(from, end);
    return clean.slice(Math.min(this.#released, matches[0]?.index ?? end));
  }

  #matchesIn(text: string): readonly RegExpExecArray[] {
    return this.#pattern === null ? [] : [...text.matchAll(this.#pattern)];
  }

  /** Where the end of the text begins that could be the beginning of a secret. */
  #beginningOfSecret(text: string): number {
    let start = Math.max(0, text.length - this.#longest + 1);
    for (const match of this.#matchesIn(text)) {
      const matchEnd = match.index + match[0].length;
      if (matchEnd <= start) continue;
      const found = this.#findBeginning(text, start, match.index + 1);
      if (found !== null) return found;
      start = matchEnd;
    }
    return this.#findBeginning(text, start, text.length) ?? text.length;
  }

  #findBeginning(text: string, from: number, to: number): number | null {
    for (let start = from; start < to; start += 1) {
      const rest = text.length - start;
      const begins = ({ value }: Secret): boolean =>
        value.length > rest && value.startsWith(text.slice(start));
      if (this.#secrets.some(begins)) return start;
    }
    return null;
  }

  /** Each secret is a group of the pattern. */
  #shown(match: RegExpExecArray): string {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    return `[${this.#secrets[index]?.name ?? 'secret'}]`;
  }
}

/** The text as a pattern that finds it. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
