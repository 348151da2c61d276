import { type Machine, TinaError } from '@tina/contract';
import type { RunState } from '@tina/domain';

/**
 * A run that is asked for a pull request ends with it, and another choice is no longer possible: as long as it is open, what
 * can be known beforehand is said.
 *
 * @throws TinaError `no_remote`
 */
export async function refusePullRequest(machine: Machine, state: RunState): Promise<void> {
  const isOpen = Object.values(state.gates).some(
    ({ kind, status }) => kind === 'finalize' && status === 'open',
  );
  const { id, repository, baseBranch, branch } = state;
  if (!isOpen || (await machine.hasPushRemote({ repository, baseBranch }))) return;
  throw new TinaError({
    code: 'no_remote',
    message: `There is no remote to push ${branch} to, or it is not clear which. The run still waits for you.`,
    place: { file: repository },
    next: [
      'git remote add origin <url>',
      'git config remote.pushDefault <name>      of several remotes',
      `tina finalize ${id} --pr|--merge|--keep`,
    ],
  });
}
