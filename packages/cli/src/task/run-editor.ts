import { spawn } from 'node:child_process';
import { TinaError } from '@tina/contract';

/** What POSIX promises. */
const USUAL_EDITOR = 'vi';

/**
 * Opens a file in the editor that the user chose, on the terminal, and comes back when it is closed.
 *
 * @throws TinaError `editor_failed`: it could not be started, or says that it failed
 */
export async function runEditor(
  env: Readonly<Record<string, string | undefined>>,
  path: string,
): Promise<void> {
  const editor = [env['VISUAL'], env['EDITOR']].find((each) => each !== undefined && each !== '');
  // By the shell, as git does: an editor may come with arguments.
  const command = `${editor ?? USUAL_EDITOR} "$1"`;
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command, 'sh', path], { stdio: 'inherit', env });
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code === 0) return;
  throw new TinaError({
    code: 'editor_failed',
    message: `The editor (${editor ?? USUAL_EDITOR}) ended with code ${code}; nothing was changed.`,
    place: { file: path },
    next: ['EDITOR=<program> tina edit <task>'],
  });
}
