/** Ranges that take two columns: CJK, Hangul, full-width forms, emoji. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x2753, 0x2755],
  [0x2795, 0x2797],
  [0x2b1b, 0x2b1c],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f000, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Combining marks, joiners and variation selectors take no column. */
const ZERO = /^(?:\p{Mn}|\p{Me}|[\u200B-\u200D\u2060\uFEFF])$/u;

// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001B\[[0-9;]*m/g;

/** Columns that the text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007E]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.replaceAll(ESCAPES, '')) width += characterWidth(character);
  return width;
}

/** The text cut to `width` columns, with `ellipsis` where something is left out. The text has no colours. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  let taken = '';
  let used = 0;
  for (const character of text) {
    const next = used + characterWidth(character);
    if (next > room) break;
    taken += character;
    used = next;
  }
  return room < 0 ? '' : `${taken}${ellipsis}`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
