/** How every flood begins. */
export const FLOOD_START = 'Line 0: ';

const SPREAD = 0x9e37_79b1;

/**
 * So many bytes of text. Every line is another one: an agent CLI may take a text that repeats itself for a model that has
 * lost its way.
 */
export function floodOf(bytes: number): string {
  const lines: string[] = [];
  for (let length = 0, line = 0; length < bytes; line++) {
    const text = `Line ${line}: ${Math.imul(line + 1, SPREAD).toString(36)} ${(line * line).toString(36)}.\n`;
    lines.push(text);
    length += text.length;
  }
  return lines.join('').slice(0, bytes);
}
