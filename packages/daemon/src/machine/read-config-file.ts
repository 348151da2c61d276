import { readFile } from 'node:fs/promises';
import { TinaError, type ConfigSource } from '@tina/contract';
import { shellQuote } from '../git/shell-quote.ts';

/**
 * The text of a configuration file; null when there is none.
 * @throws TinaError `config_unreadable`
 */
export async function readConfigFile(path: string): Promise<ConfigSource | null> {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const reason = error instanceof TypeError ? 'it is not UTF-8' : message;
    throw new TinaError({
      code: 'config_unreadable',
      message: `The configuration cannot be read: ${reason}.`,
      place: { file: path },
      next: [`ls -l ${shellQuote(path)}`],
      cause: error,
    });
  }
}
