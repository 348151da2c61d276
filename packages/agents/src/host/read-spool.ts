import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { procedures, type ParsedInput } from '@tina/contract';
import { SPOOL_FILE } from './spool.ts';

/** What a host that has ended had still to say. */
export interface SpoolContent {
  /** In the order in which they were to be sent. */
  readonly frames: readonly ParsedInput<'host.frame'>[];
  /** Lines that cannot be read: cut off when the host was killed or the disk was full, or written by somebody else. */
  readonly badLines: number;
}

/**
 * The frames that the attempt's host left unacknowledged in its folder; none when there is no such file. To be called when
 * the host has ended: one that lives sends them itself.
 */
export async function readSpool(
  directory: string,
  attempt: { readonly attemptId: string; readonly epoch: number },
): Promise<SpoolContent> {
  const lines = (await readText(join(directory, SPOOL_FILE))).split('\n').filter((line) => line !== '');
  const frames = new Map<number, ParsedInput<'host.frame'>>();
  let badLines = 0;
  for (const line of lines) {
    const content = parse(line);
    const acknowledged = content?.['acknowledged'];
    if (typeof acknowledged === 'number') {
      frames.delete(acknowledged);
      continue;
    }
    const { success, data } = procedures['host.frame'].input.safeParse({ ...content, ...attempt });
    if (success) frames.set(data.sequence, data);
    else badLines += 1;
  }
  return { frames: [...frames.values()].toSorted((a, b) => a.sequence - b.sequence), badLines };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const content: unknown = JSON.parse(line);
    return typeof content === 'object' ? (content as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
