import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Secret } from '@tina/agents';

import { ByteRedactor } from './byte-redactor.ts';
import { readableTail } from './readable-tail.ts';

/** What a person can still open in an editor; a check that prints more repeats itself. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** More than the tail that is kept, because escape sequences are taken out of it. */
const RAW_TAIL_BYTES = 64 * 1024;

export interface KeptOutput {
  /** Null when no file could be written. */
  readonly path: string | null;
  /** The readable end of the output. */
  readonly tail: string;
  /** Whether the file holds every byte, but for secrets. */
  readonly isComplete: boolean;
}

/**
 * Where a command's output goes: to a file, as far as there is room, and its end into memory. Output is always taken, so
 * that the command never waits for a disk that is full. What is secret is in neither (G30).
 */
export class CommandOutput {
  readonly #path: string;
  readonly #redactor: ByteRedactor;
  #file: FileHandle | null;
  #isComplete: boolean;
  #writtenBytes = 0;
  #omittedBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #isTailCut = false;
  #kept: Promise<KeptOutput> | null = null;

  private constructor(path: string, secrets: readonly Secret[], file: FileHandle | null) {
    this.#path = path;
    this.#redactor = new ByteRedactor(secrets);
    this.#file = file;
    this.#isComplete = file !== null;
  }

  /** Replaces the file; its folder is made. */
  static async open(path: string, secrets: readonly Secret[] = []): Promise<CommandOutput> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return new CommandOutput(path, secrets, await open(path, 'w', 0o600));
    } catch {
      return new CommandOutput(path, secrets, null);
    }
  }

  write(chunk: Buffer): Promise<void> {
    return this.#take(this.#redactor.push(chunk));
  }

  async #take(chunk: Buffer): Promise<void> {
    this.#remember(chunk);
    const room = MAX_FILE_BYTES - this.#writtenBytes;
    await this.#append(chunk.subarray(0, room));
    if (chunk.length > room) {
      this.#omittedBytes += chunk.length - room;
      this.#isComplete = false;
    }
  }

  /** Closes the file; where output was left out, a note says so and its end follows. Can be called again. */
  finish(): Promise<KeptOutput> {
    this.#kept ??= this.#close();
    return this.#kept;
  }

  async #close(): Promise<KeptOutput> {
    await this.#take(this.#redactor.flush());
    const tail = Buffer.concat(this.#tail).subarray(-RAW_TAIL_BYTES);
    if (this.#omittedBytes > 0) {
      const end = tail.subarray(-Math.min(this.#omittedBytes, tail.length));
      const leftOut = this.#omittedBytes - end.length;
      await this.#append(Buffer.from(`\n[tina: ${leftOut} bytes of output are left out here]\n`));
      await this.#append(end);
    }
    await this.#file?.close();
    return {
      path: this.#file || this.#writtenBytes > 0 ? this.#path : null,
      tail: readableTail(tail, this.#isTailCut),
      isComplete: this.#isComplete,
    };
  }

  #remember(chunk: Buffer): void {
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    for (
      let first = this.#tail[0];
      first && this.#tailBytes - first.length >= RAW_TAIL_BYTES;
      first = this.#tail[0]
    ) {
      this.#tail.shift();
      this.#tailBytes -= first.length;
      this.#isTailCut = true;
    }
    this.#isTailCut ||= this.#tailBytes > RAW_TAIL_BYTES;
  }

  async #append(bytes: Buffer): Promise<void> {
    if (!this.#file || bytes.length === 0) return;
    try {
      await this.#file.appendFile(bytes);
      this.#writtenBytes += bytes.length;
    } catch {
      // The disk is full: what is there stays, the rest is only looked at.
      this.#isComplete = false;
      await this.#file.close().catch(() => {});
      this.#file = null;
    }
  }
}
