import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '@tina/contract';
import type { CliContext } from '../program/context.ts';

const STDIN = 0;

/** The content of a file that an agent names; `-` is standard input. */
export function readText({ io }: CliContext, file: string): string {
  const path = file === '-' ? 'standard input' : resolve(io.cwd, file);
  try {
    // By its number: a standard input that is a socket has no path that can be opened.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file === '-' ? STDIN : path));
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message;
    throw new UsageError({
      code: 'unreadable_file',
      message: `The file cannot be read: ${reason}.`,
      place: { file: path },
      next: ['write the file first, then report it'],
      cause: error,
    });
  }
}

/** Text that stands on the command line or in a file, exactly one of both. */
export function textOrFile(
  context: CliContext,
  given: { readonly name: string; readonly text: string | undefined; readonly file: string | undefined },
): string {
  const { name, text, file } = given;
  if (text !== undefined && file === undefined) return text;
  if (file !== undefined && text === undefined) return readText(context, file);
  throw new UsageError({
    code: 'usage',
    message: `Say either --${name} or --file.`,
    next: ['tina report --help'],
  });
}
