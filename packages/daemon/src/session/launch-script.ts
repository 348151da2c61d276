import type { StartSession } from './session-port.ts';

/** Variables that a shell keeps for itself: assigning them fails, or gives another value. */
const SHELL_VARIABLE =
  /^(?:_|BASH.*|COMP_.*|DIRSTACK|EUID|FUNCNAME|GROUPS|HISTCMD|LINENO|OPTIND|PIPESTATUS|PPID|RANDOM|SECONDS|SHELLOPTS|SHLVL|UID)$/;
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A POSIX shell script that becomes the command, in its folder, with exactly its environment; it removes itself first.
 *
 * The way of the environment into a session, because every other shows it to others: arguments of `tmux new-session -e` or
 * `env` stand in the list of processes, tmux keeps a copy for later sessions and for `show-environment`, and its
 * messages end at 16 KB. The script lies in the state folder with mode 0600 for the few milliseconds until it is read.
 */
export function launchScript({
  command,
  cwd,
  env,
  stderrPath,
}: Omit<StartSession, 'name' | 'logPath'>): string {
  const exported: string[] = [];
  const passed: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (SHELL_NAME.test(name) && !SHELL_VARIABLE.test(name)) exported.push(`export ${name}=${quote(value)}`);
    else passed.push(`${name}=${value}`);
  }
  const words = command.map(quote).join(' ');
  // bash and others set these two for whatever they execute; only env(1) can take them away.
  const options = ['_', 'SHLVL'].filter((name) => !(name in env)).flatMap((name) => ['-u', name]);
  // A shell that sets neither does without: each program on the way costs a millisecond.
  const isDirect = passed.length === 0 && command[0]?.startsWith('/') === true;
  return [
    'command -p rm -f -- "$0"',
    `cd -- ${quote(cwd)} || exit 126`,
    'unset PWD OLDPWD',
    ...(stderrPath === undefined ? [] : [`exec 2>>${quote(stderrPath)}`]),
    ...(isDirect ? ['set -- "${_+_}${SHLVL+_}"'] : []),
    ...exported,
    ...(isDirect ? [`[ -n "$1" ] || exec ${words}`] : []),
    `exec /usr/bin/env ${[...options, ...passed].map(quote).join(' ')} ${words}`,
    '',
  ].join('\n');
}

/** One word for a POSIX shell, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
