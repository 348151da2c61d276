import { NASTY_TEXTS } from './nasty.ts';
import type { Random } from './random.ts';

/** So many changes make a text that is nearly right; a few inputs get many. */
const FEW_CHANGES = 4;
const MANY_CHANGES = 40;
/** Changes may double a text; none may make it longer than this. */
const MAX_LENGTH = 16_000;

/** The units of a long text are short, so that what repeats repeats often. */
const MAX_UNIT = 40;
const MAX_LONG_TEXT = 1_000_000;

/** A text of the corpus, changed line by line and piece by piece; sometimes nothing but nasty pieces. */
export function mutatedText(random: Random, corpus: readonly string[], words: readonly string[]): string {
  if (random.oneIn(30)) return rawText(random);
  let text = random.pick(corpus);
  const changes = 1 + random.below(random.oneIn(10) ? MANY_CHANGES : FEW_CHANGES);
  for (let count = 0; count < changes; count += 1) {
    text = changed(random, text, { corpus, words });
    if (text.length > MAX_LENGTH) text = text.slice(0, MAX_LENGTH);
  }
  return text;
}

/** The beginning of a text of the corpus, and then one short unit again and again: what takes quadratic time shows. */
export function longText(random: Random, corpus: readonly string[], words: readonly string[]): string {
  const start = random.pick(corpus);
  const head = start.slice(0, random.below(start.length + 1));
  const unit = random.oneIn(2) ? random.pick(words) : piece(random, random.pick(corpus));
  const whole = `${unit}${random.oneIn(2) ? '\n' : ''}${random.oneIn(4) ? random.pick(words) : ''}` || 'a';
  // As many short ones as long ones: 16 kB, 32 kB, ... 1 MB.
  const length = Math.min(MAX_LONG_TEXT, 16_000 * 2 ** random.below(7));
  return head + whole.repeat(Math.ceil(length / whole.length));
}

function rawText(random: Random): string {
  const codes = Array.from({ length: random.below(400) }, () => random.below(random.oneIn(3) ? 65_536 : 128));
  return String.fromCharCode(...codes);
}

interface Material {
  readonly corpus: readonly string[];
  readonly words: readonly string[];
}

function changed(random: Random, text: string, material: Material): string {
  return random.oneIn(2) ? changedLines(random, text, material) : changedPiece(random, text, material);
}

function changedLines(random: Random, text: string, { corpus }: Material): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  switch (random.below(8)) {
    case 0:
      return lines.toSpliced(at, 1).join('\n');
    case 1:
      return lines.toSpliced(at, 0, line).join('\n');
    case 2:
      return lines.with(at, lines[random.below(lines.length)] ?? '').join('\n');
    case 3:
      return lines.toSpliced(at, 0, random.pick(random.pick(corpus).split('\n'))).join('\n');
    case 4:
      return lines.with(at, `${' '.repeat(random.below(9))}${line.trimStart()}`).join('\n');
    case 5:
      return lines.slice(0, at).join('\n');
    case 6:
      return text.replaceAll('\n', random.pick(['\r\n', '\r', '\n\n']));
    default:
      return lines.with(at, line.repeat(1 + random.below(20))).join('\n');
  }
}

function changedPiece(random: Random, text: string, { words }: Material): string {
  const from = random.below(text.length + 1);
  const to = Math.min(text.length, from + random.below(12));
  const put = (middle: string): string => text.slice(0, from) + middle + text.slice(to);
  switch (random.below(6)) {
    case 0:
      return put('');
    case 1:
      return put(random.pick(NASTY_TEXTS));
    case 2:
      return put(random.pick(words));
    case 3:
      return put(text.slice(from, to).repeat(2 + random.below(30)));
    case 4:
      return put(String.fromCharCode(random.below(random.oneIn(3) ? 65_536 : 128)));
    default:
      return text.replace(/\d+/, String(random.pick([0, -1, 1.5, 99_999, 1e21])));
  }
}

function piece(random: Random, text: string): string {
  const from = random.below(text.length + 1);
  return text.slice(from, from + 1 + random.below(MAX_UNIT));
}
