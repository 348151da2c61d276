import type { AgentContext, AgentProblem } from '../adapter/agent-adapter.ts';
import { askProgram } from '../process/ask-version.ts';
import { findProgram } from '../process/find-program.ts';
import { inSandbox, SANDBOX_PROGRAM } from './sandbox.ts';

/** What keeps agents from being run in a sandbox on this machine; null when nothing does. Tries it with a program that does nothing. */
export async function sandboxProblem(network: boolean, context: AgentContext): Promise<AgentProblem | null> {
  const { projectDirectory, env } = context;
  const find = (name: string): string | null =>
    findProgram({ name, directory: projectDirectory, path: env['PATH'] });
  const bwrap = find(SANDBOX_PROGRAM);
  if (bwrap === null) {
    const message = `it shall run in a sandbox, and bubblewrap's program "${SANDBOX_PROGRAM}" was not found in PATH.`;
    return problem(message, [
      'sudo apt-get install bubblewrap   (or dnf, pacman: the package is called so everywhere)',
      'without a sandbox: leave out --sandbox, or set sandbox.enabled to false',
    ]);
  }
  const nothing = { program: 'true', args: [], directory: '/' };
  const { args } = inSandbox(nothing, { network, writable: [] });
  const { hasSucceeded, output } = await askProgram(bwrap, args, context);
  if (hasSucceeded) return null;
  const why = output.trim() === '' ? '' : `: ${output.trim().split('\n')[0]}`;
  return problem(`it shall run in a sandbox, and bubblewrap does not work on this machine${why}`, [
    `${[SANDBOX_PROGRAM, ...args].join(' ')}   (it says why)`,
    'allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns',
    'without a sandbox: leave out --sandbox, or set sandbox.enabled to false',
  ]);
}

function problem(message: string, next: readonly string[]): AgentProblem {
  return { message, file: null, line: null, column: null, next };
}
