/**
 * Text from agents, designs and plans as it may be shown on a terminal: one line, without control characters and
 * escape sequences, which could otherwise move the cursor, set the title or hide what follows.
 */
export function plain(text: string): string {
  return strip(text.replaceAll(/[\t\n\r]+/g, ' ')).trim();
}

/** The same for text of several lines; indentation stays. */
export function plainLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => strip(line.replaceAll('\t', '    ')).trimEnd());
}

function strip(text: string): string {
  return (
    text
      // CSI and OSC sequences whole, so that their parameters do not stay behind as text.
      // eslint-disable-next-line no-control-regex
      .replaceAll(/\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?/g, '')
      // C0 and C1 controls, and the characters that reorder text.
      // eslint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
  );
}
