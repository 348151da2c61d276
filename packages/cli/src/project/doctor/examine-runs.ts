import { existsSync } from 'node:fs';
import type { StoreLook } from '../../service/look-into-store.ts';
import { notOk, type Examination } from '../examination.ts';
import { firstLineOf, type Surroundings } from '../run-program.ts';

type ActiveRun = Extract<StoreLook, { kind: 'found' }>['store']['activeRuns'][number];

/** What the active runs need on this machine and do not find: repository, branch, commits, worktrees. Nothing where all is there. */
export async function examineRuns(
  runs: readonly ActiveRun[],
  surroundings: Surroundings,
): Promise<Examination[]> {
  const found = await Promise.all(runs.map((run) => examineRun(run, surroundings)));
  return found.flat();
}

async function examineRun(run: ActiveRun, surroundings: Surroundings): Promise<readonly Examination[]> {
  const name = `run ${run.id}`;
  if (!existsSync(run.repository)) {
    return [
      notOk('warning', name, `its repository ${run.repository} is not there`, [
        `bring ${run.repository} back`,
        `tina cancel ${run.id}`,
      ]),
    ];
  }
  const gone = run.worktrees.filter((path) => !existsSync(path));
  return [
    ...(await examineBranch(run, name, surroundings)),
    ...(gone.length === 0
      ? []
      : [
          notOk('warning', name, `${gone.join(', ')} is not there, and an agent works in it`, [
            `tina pause ${run.id} --now, then  tina resume ${run.id}`,
            `git -C ${run.repository} worktree prune`,
          ]),
        ]),
  ];
}

async function examineBranch(
  { id, repository, branch, tip }: ActiveRun,
  name: string,
  surroundings: Surroundings,
): Promise<readonly Examination[]> {
  if (tip === null) return [];
  const git = (...args: readonly string[]): Promise<string | null> =>
    firstLineOf('git', ['-C', repository, ...args], surroundings);
  const [commit, isThere] = await Promise.all([
    git('rev-parse', '--quiet', '--verify', `refs/heads/${branch}^{commit}`),
    git('cat-file', '-t', tip),
  ]);
  if (isThere !== 'commit') {
    const found = `commit ${tip}, where the run left ${branch}, is not in ${repository}`;
    return [notOk('warning', name, found, [`git -C ${repository} fsck --lost-found`, `tina cancel ${id}`])];
  }
  if (commit === tip) return [];
  const found =
    commit === null
      ? `its branch ${branch} is gone`
      : `its branch ${branch} was moved: the run left it at ${tip}`;
  // Only the run writes to it: what somebody committed there must be taken elsewhere first.
  const keep =
    commit === null ? [] : [`git -C ${repository} branch kept-${branch.replaceAll('/', '-')} ${commit}`];
  return [
    notOk('warning', name, found, [...keep, `git -C ${repository} update-ref refs/heads/${branch} ${tip}`]),
  ];
}
