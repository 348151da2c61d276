import { stripVTControlCharacters } from 'node:util';

/** Enough for the last failure of most tools, small enough for an event. */
export const TAIL_BYTES = 8 * 1024;

/**
 * The end of a terminal's output as plain text: at most 8 KB of valid UTF-8 without escape sequences and control
 * characters, from the beginning of a line where something was cut off before it.
 */
export function readableTail(raw: Buffer, isCut: boolean): string {
  const text = stripVTControlCharacters(decode(raw))
    .replaceAll(/\r\n?/g, '\n')
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\0-\u0008\u000B-\u001F\u007F]/g, '');
  const bytes = Buffer.from(text);
  const tooLong = bytes.length > TAIL_BYTES;
  const tail = tooLong ? decode(bytes.subarray(-TAIL_BYTES)) : text;
  return isCut || tooLong ? fromLineStart(tail) : tail;
}

/** Leaves out the rest of a character whose beginning was cut off. */
function decode(bytes: Buffer): string {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return new TextDecoder().decode(bytes.subarray(start));
}

/** A line that fills half of the tail is worth more than a clean beginning. */
function fromLineStart(text: string): string {
  const lineEnd = text.indexOf('\n');
  return lineEnd >= 0 && lineEnd < text.length / 2 ? text.slice(lineEnd + 1) : text;
}
