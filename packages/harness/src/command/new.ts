import { TinaError, UsageError } from '@tina/contract';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { templateFiles } from '../scenario/template.ts';
import { type HarnessIo, type HarnessOptions, printJson } from './io.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,60}$/;

/**
 * `tina harness new`: a scenario of the user's own in the current folder, which passes as it is.
 *
 * @throws TinaError `already_there`
 */
export async function makeNew(
  io: HarnessIo,
  { json, name }: HarnessOptions & { readonly name: string },
): Promise<number> {
  if (!NAME.test(name)) {
    throw new UsageError({
      code: 'usage',
      message: `A scenario's name is small letters, digits and hyphens, not ${JSON.stringify(name)}.`,
      next: ['tina harness new my-scenario'],
    });
  }
  const folder = resolve(io.cwd, name);
  if (existsSync(folder)) {
    throw new TinaError({
      code: 'already_there',
      message: 'There is a file or folder of this name already; nothing was written.',
      place: { file: folder },
      next: [`tina harness new ${name}-2`],
    });
  }
  const files = templateFiles(name);
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const paths = [...files.keys()];
  if (json) printJson(io, { folder, files: paths });
  else
    io.out(
      `Made ${folder}:\n${paths.map((path) => `  ${path}\n`).join('')}next: tina harness run ./${name}\n      docs/scenarios.md says what a scenario may have\n`,
    );
  return 0;
}
