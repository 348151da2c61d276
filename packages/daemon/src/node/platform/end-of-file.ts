import { open } from 'node:fs/promises';

const TAIL_BYTES = 8 * 1024;

/** The last 8 KiB of a text file, without white space around them; null when there is no such file, or nothing in it. */
export async function endOfFile(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('utf8').trim();
    return text === '' ? null : text;
  } finally {
    await file.close();
  }
}
