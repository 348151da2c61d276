import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../recordings', import.meta.url));

/** The situations that were recorded of an agent CLI. */
export function situationsOf(cli: string): readonly string[] {
  return readdirSync(join(FOLDER, cli)).map((name) => name.replace(/\.jsonl$/, ''));
}

/** The lines that an agent CLI wrote in a situation, as they were. */
export function readRecording(cli: string, situation: string): readonly string[] {
  return readFileSync(join(FOLDER, cli, `${situation}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
