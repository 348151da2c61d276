import { close, open, read } from 'node:fs';

const FIRST_READ_BYTES = 8192;

/**
 * The content of a file below `/proc`, null when it cannot be read: the process is gone, or is somebody else's. Three
 * bare calls, because `readFile` asks for sizes that `/proc` does not know and costs three times as much.
 */
export function readProcFile(path: string): Promise<Buffer | null> {
  return new Promise((resolve) => {
    open(path, 'r', (openError, fd) => {
      if (openError) return resolve(null);
      readAll(fd, Buffer.allocUnsafe(FIRST_READ_BYTES), 0, (content) => close(fd, () => resolve(content)));
    });
  });
}

/** Reads until nothing comes any more; the buffer doubles when it is full. */
function readAll(fd: number, buffer: Buffer, filled: number, done: (content: Buffer | null) => void): void {
  read(fd, buffer, filled, buffer.length - filled, null, (error, count) => {
    if (error) return done(null);
    const total = filled + count;
    if (count === 0 || total < buffer.length) return done(buffer.subarray(0, total));
    const larger = Buffer.allocUnsafe(buffer.length * 2);
    buffer.copy(larger, 0, 0, total);
    readAll(fd, larger, total, done);
  });
}
