import { copyFileSync, fstatSync, ftruncateSync, statSync, writeSync } from 'node:fs';
import { MAX_LOG_BYTES, shiftLogs } from '../daemon/shift-logs.ts';

/** After a copy that failed, for example because the disk is full, the next is tried when so much more is written. */
const RETRY_BYTES = 1_000_000;

export interface LogFileOptions {
  /** Where lines are written: the standard output, which may be the log file, a terminal, or a service manager's pipe. */
  readonly descriptor: number;
  /** The log file. Only when the descriptor is that very file does it grow without bounds, and is bounded here. */
  readonly path: string;
  readonly maxBytes?: number;
}

/**
 * The daemon's log as long as it runs: from 10 MB on, what is in it becomes `<path>.1`, and it begins anew. It is copied
 * and emptied rather than renamed, because the process's standard output and error stay the file that they were given;
 * both append, so they go on at its beginning.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #isBounded: boolean;
  readonly #maxBytes: number;
  #bytes: number;
  #rotateAt: number;

  constructor(options: LogFileOptions) {
    const { maxBytes = MAX_LOG_BYTES } = options;
    this.#options = options;
    this.#isBounded = isThatFile(options);
    this.#maxBytes = maxBytes;
    this.#rotateAt = maxBytes;
    this.#bytes = this.#isBounded ? fstatSync(options.descriptor).size : 0;
  }

  /**
   * A line that cannot be written is lost: the disk may be full, and the daemon has better to do than to wait for it. pino's
   * own stream tries again for ever, and nothing else happens meanwhile.
   */
  write(line: string): void {
    try {
      this.#bytes += writeSync(this.#options.descriptor, line);
    } catch {
      // There is nobody to tell.
    }
    if (this.#isBounded && this.#bytes >= this.#rotateAt) this.#rotate();
  }

  #rotate(): void {
    const { descriptor, path } = this.#options;
    try {
      shiftLogs(path);
      copyFileSync(path, `${path}.1`);
      ftruncateSync(descriptor);
      this.#bytes = 0;
      this.#rotateAt = this.#maxBytes;
    } catch {
      this.#rotateAt = this.#bytes + RETRY_BYTES;
    }
  }
}

function isThatFile({ descriptor, path }: LogFileOptions): boolean {
  try {
    const [open, named] = [fstatSync(descriptor), statSync(path)];
    return open.isFile() && open.ino === named.ino && open.dev === named.dev;
  } catch {
    return false;
  }
}
