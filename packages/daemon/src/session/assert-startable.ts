import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

import { SessionStartError } from './session-errors.ts';
import type { StartSession } from './session-port.ts';

/** tmux puts `_` for `:` and `.` in names; the rest of the alphabet is left out because names become file names. */
const NAME = /^[A-Za-z0-9_-]{1,128}$/;

/** Linux refuses a longer argument or variable; a prompt goes into a file. */
const MAX_WORD_BYTES = 128 * 1024 - 1;

/** Throws `SessionStartError` for anything but a name that is kept as it is. */
export function assertSessionName(name: string): void {
  if (!NAME.test(name)) {
    throw new SessionStartError(JSON.stringify(name), 'a name consists of letters, digits, "-" and "_"');
  }
}

/** Finds out before anything is started what would otherwise end a session without a word. */
export async function assertStartable({ name, command, cwd, env }: StartSession): Promise<void> {
  assertSessionName(name);
  const [program] = command;
  if (program === undefined || program === '') throw new SessionStartError(name, 'there is no command');
  if (program.includes('=')) {
    throw new SessionStartError(
      name,
      `${program} looks like an assignment to env(1), "=" cannot be in its path`,
    );
  }
  const words = [...command, ...Object.entries(env).map((pair) => pair.join('=')), cwd];
  if (words.some((word) => word.includes('\0')))
    throw new SessionStartError(name, 'a value holds a NUL byte');
  if (words.some((word) => Buffer.byteLength(word) > MAX_WORD_BYTES)) {
    throw new SessionStartError(name, `a value has more than ${MAX_WORD_BYTES} bytes`);
  }
  const badName = Object.keys(env).find((key) => key === '' || key.includes('='));
  if (badName !== undefined)
    throw new SessionStartError(name, `no variable can have the name ${JSON.stringify(badName)}`);
  if (!isAbsolute(cwd) || !(await isDirectory(cwd)))
    throw new SessionStartError(name, `there is no folder ${cwd}`);
  if (!(await isFound(program, cwd, env['PATH']))) {
    throw new SessionStartError(name, `${program} is not there, or may not be executed`);
  }
}

async function isFound(program: string, cwd: string, path: string | undefined): Promise<boolean> {
  const places = program.includes('/')
    ? [resolve(cwd, program)]
    : (path ?? '').split(delimiter).map((folder) => join(resolve(cwd, folder), program));
  const found = await Promise.all(places.map((place) => isExecutable(place)));
  return found.includes(true);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
