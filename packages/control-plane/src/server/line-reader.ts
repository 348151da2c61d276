const NEWLINE = 10;

/** Cuts a stream of bytes into lines, of at most `maxBytes` each. */
export interface LineReader {
  /** Takes more bytes and hands over the lines they complete. False when a line is too long: nothing more is read. */
  push(chunk: Buffer): boolean;
}

export function createLineReader(maxBytes: number, onLine: (text: string) => void): LineReader {
  let rest: Buffer[] = [];
  let restBytes = 0;
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        if (restBytes + end - start > maxBytes) return false;
        const text = Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
        rest = [];
        restBytes = 0;
        start = end + 1;
        onLine(text);
      }
      if (start < chunk.length) {
        rest.push(chunk.subarray(start));
        restBytes += chunk.length - start;
      }
      return restBytes <= maxBytes;
    },
  };
}
