import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { writeFiles, writeScript, type TempRepository } from './temp-repository.ts';

/**
 * The environment with a `git` on PATH that does something of its own before it runs certain commands: what a user or
 * another process does in that very moment, or a kill. In the script, `GIT` stands for the real git.
 */
export function withGitShim(
  repository: Pick<TempRepository, 'folder' | 'environment'>,
  shim: {
    /** A shell pattern that the arguments must match, such as `update-ref *`. */
    readonly before: string;
    readonly script: string;
    /** How often it does so. Default: once. */
    readonly times?: number;
  },
): NodeJS.ProcessEnv {
  const git = realGit();
  const folder = join(repository.folder, 'shim');
  writeScript(
    join(folder, 'git'),
    `case "$*" in
       ${shim.before.replaceAll(' ', String.raw`\ `)})
         if [ "$(cat '${folder}/count' 2>/dev/null | wc -c)" -lt ${shim.times ?? 1} ]; then
           printf x >> '${folder}/count'
           ${shim.script.replaceAll('GIT', `'${git}'`)}
         fi;;
     esac
     exec '${git}' "$@"`,
  );
  return { ...repository.environment, PATH: `${folder}:${repository.environment['PATH']}` };
}

/**
 * The environment of a machine that dies right after its n-th git command has done its work: that one and all that
 * follow come back as killed, the following without having done anything.
 */
export function withDyingGit(
  repository: Pick<TempRepository, 'folder' | 'environment'>,
  commands: number,
): NodeJS.ProcessEnv {
  const git = realGit();
  const folder = join(repository.folder, `dying-${commands}`);
  writeFiles(folder, { count: '0\n' });
  writeScript(
    join(folder, 'git'),
    // Built-in commands alone; should two at once count as one, the machine dies a command later.
    `read -r calls < '${folder}/count'
     calls=$((calls + 1))
     echo "$calls" > '${folder}/count'
     [ "$calls" -gt ${commands} ] && exit 137
     [ "$calls" -lt ${commands} ] && exec '${git}' "$@"
     '${git}' "$@"
     exit 137`,
  );
  return { ...repository.environment, PATH: `${folder}:${repository.environment['PATH']}` };
}

function realGit(): string {
  return execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
}
