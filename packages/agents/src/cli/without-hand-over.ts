import { liesIn } from './lies-in.ts';

/** `> file`, `>> "file"`: bare, or in double quotes without anything that the shell would fill in. */
const REDIRECTION = /(?<=^|[\s;|&])>>?[ \t]*("?)([^\s'"\\`$<>;&|(){}]+)\1(?=$|[\s;|&])/g;

/**
 * A shell command as it is judged: without its output into the folders in which an agent hands things over, and with the names
 * of these folders filled in, as the prompts spell them (`$TINA_OUT/plan.md`).
 *
 * @param places the first folder is `$TINA_OUT`, the second one, if any, `$TMPDIR`
 */
export function withoutHandOver(
  command: string,
  places: { readonly worktree: string; readonly folders: readonly string[] },
): string {
  const { worktree, folders } = places;
  const [out, temporary] = folders;
  return fill(fill(command, 'TINA_OUT', out), 'TMPDIR', temporary)
    .replaceAll(REDIRECTION, (whole: string, _quote: string, path: string) =>
      liesIn(path, folders, worktree) ? '' : whole,
    )
    .replaceAll(/[ \t]+$/gm, '');
}

function fill(command: string, name: string, value: string | undefined): string {
  if (value === undefined) return command;
  return command.replaceAll(new RegExp(String.raw`\$(?:${name}\b|\{${name}\})`, 'g'), () => value);
}
