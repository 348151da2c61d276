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
        const last = chunk.subarray(start, end);
        const line = rest.length === 0 ? last : Buffer.concat([...rest, last]);
        rest = [];
        restBytes = 0;
        start = end + 1;
        onLine(line.toString('utf8'));
      }
      if (start < chunk.length) {
        rest.push(chunk.subarray(start));
        restBytes += chunk.length - start;
      }
      return restBytes <= maxBytes;
    },
  };
}
