import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { TinaError } from '@tina/contract';

/** Larger than any design a person wrote, small enough for a prompt to refuse politely later. */
const MAX_BYTES = 5_000_000;

export interface DesignFile {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly text: string;
}

/**
 * The design, read only when it can be one: a file of UTF-8 text that is not empty and not huge.
 *
 * @throws TinaError `design_missing`, `design_is_folder`, `design_too_large`, `design_not_utf8`, `design_empty` or
 * `design_unreadable`
 */
export function readDesign(given: string, cwd: string): DesignFile {
  const path = resolve(cwd, given);
  try {
    const text = decode(readBounded(path), path);
    if (text.trim() === '') throw refuse('design_empty', 'The design is empty.', path, SHAPE);
    return { path: realpathSync(path), text };
  } catch (error) {
    throw error instanceof TinaError ? error : unreadable(error as NodeJS.ErrnoException, path);
  }
}

const SHAPE = ['write what is to be built, with sections  ## Phase 1: <title>,  ## Phase 2: <title>, ...'];

function readBounded(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const found = fstatSync(descriptor);
    if (found.isDirectory()) {
      throw refuse('design_is_folder', 'The design is a folder, not a file.', path, [
        'tina orchestrate <folder>/<design.md>',
      ]);
    }
    // A pipe or a device has no size: it is read up to the limit as well.
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length <= MAX_BYTES; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length <= MAX_BYTES) return buffer.subarray(0, length);
    const size = found.size > 0 ? `${(found.size / 1_000_000).toFixed(1)} MB` : 'more';
    throw refuse(
      'design_too_large',
      `The design has ${size}; at most ${MAX_BYTES / 1_000_000} MB are read.`,
      path,
      ['leave out what is no text of the design, such as pictures in it'],
    );
  } finally {
    closeSync(descriptor);
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('design_not_utf8', 'The design is not UTF-8 text.', path, [
      `file ${path}`,
      'iconv -t UTF-8 ...',
    ]);
  }
}

function unreadable(error: NodeJS.ErrnoException, path: string): TinaError {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return refuse('design_missing', 'There is no such design.', path, ['ls', 'tina orchestrate <design.md>']);
  }
  return refuse('design_unreadable', `The design cannot be read: ${error.message}.`, path, [`ls -l ${path}`]);
}

function refuse(code: string, message: string, file: string, next: readonly string[]): TinaError {
  return new TinaError({ code, message, place: { file }, next });
}
