import { displayWidth } from './display-width.ts';

/** Breaks text at spaces into lines of at most `width` columns; a word that is longer is cut. */
export function wrap(text: string, width: number): string[] {
  return joinWords(
    text.split(/ +/).flatMap((one) => pieces(one, width)),
    width,
  );
}

/** A command in backquotes, or after a colon up to the end; else what is between spaces. */
const WHOLE = /[^ `]*`[^`]*`[^ ]*|(?<=: )(?:git|tina) .+$|[^ ]+/g;

/** The same with words and commands whole: a longer one stands on a line of its own, which is wider than `width`. */
export function wrapWords(text: string, width: number): string[] {
  return joinWords(text.match(WHOLE) ?? [], width);
}

function joinWords(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].filter((one) => one !== '');
}

function pieces(word: string, width: number): string[] {
  const found: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && displayWidth(piece + character) > width) {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}
