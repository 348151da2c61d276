import { shellQuote } from './shell-quote.ts';

/** What about the repository or a worktree is not as the work needs it. */
export type GitStateErrorCode =
  /** A folder that is not this worktree stands where one is to be made. */
  | 'path_occupied'
  | 'not_a_worktree'
  /** A git process still works in the worktree. */
  | 'worktree_busy'
  | 'branch_checked_out'
  | 'branch_missing'
  | 'invalid_branch_name'
  | 'commit_missing'
  /** A ref kept moving while it was to be moved. */
  | 'ref_moved'
  /** A branch does not contain any more what was merged into it. */
  | 'branch_rewound'
  | 'not_a_descendant'
  /** A path that is to be removed or copied lies outside the folder it must lie in. */
  | 'outside_root'
  /** The user's own checkout has an `index.lock`: git works in it, or died in it. */
  | 'checkout_locked'
  | 'merge_in_progress';

/** The state of a repository forbids what was asked; nothing was changed. `next` is what to type. */
export class GitStateError extends Error {
  override readonly name = 'GitStateError';
  readonly code: GitStateErrorCode;
  /** The path, branch or commit it is about. */
  readonly subject: string;
  readonly next: readonly string[];

  constructor(
    facts: {
      readonly code: GitStateErrorCode;
      readonly subject: string;
      readonly message: string;
      readonly next?: readonly string[];
    },
    options?: ErrorOptions,
  ) {
    super(facts.message, options);
    this.code = facts.code;
    this.subject = facts.subject;
    this.next = facts.next ?? [];
  }
}

/**
 * A branch that the work needs is gone.
 * @param commit where it last stood, when that is known.
 */
export function branchMissing(branch: string, commit: string | null = null): GitStateError {
  return new GitStateError({
    code: 'branch_missing',
    subject: branch,
    message: `There is no branch ${branch}.`,
    next: [...(commit === null ? [] : [`git branch ${shellQuote(branch)} ${commit}`]), 'git branch --list'],
  });
}
