import type { AgentDefinition } from '../config/agent-definition.ts';
import type { ConfigSource } from '../config/effective-config.ts';
import type { ErrorData } from '../error/tina-error.ts';
import type { CleanupItem } from '../view/views.ts';

/** What the control plane asks of a node's machine when a person waits for the answer. */
export interface Machine {
  /** Throws a TinaError when no run can start there. */
  inspectRepository(request: {
    readonly directory: string;
    readonly base: string | null;
  }): Promise<RepositoryFacts>;
  /** Whether a branch of this name, or one that stands in its way, exists. */
  branchExists(request: { readonly repository: string; readonly branch: string }): Promise<boolean>;
  /** Whether git has a remote that a branch of this base would be pushed to. */
  hasPushRemote(request: { readonly repository: string; readonly baseBranch: string }): Promise<boolean>;
  readConfig(
    repository: string,
  ): Promise<{ readonly user: ConfigSource | null; readonly project: ConfigSource | null }>;
  /** What keeps the agent from working; empty when it can. */
  checkAgent(request: {
    readonly name: string;
    readonly definition: AgentDefinition;
    readonly repository: string;
  }): Promise<readonly ErrorData[]>;
  /** The command that shows an attempt's session; null when there is none any more. */
  attachCommand(attemptId: string): Promise<readonly string[] | null>;
  /** Where an attempt's files are. */
  attemptDirectory(attemptId: string): string;
  /** The commits of `to` that `from` does not have, oldest first, at most 1,000. */
  listCommits(request: { readonly repository: string; readonly from: string; readonly to: string }): Promise<
    readonly {
      readonly commit: string;
      readonly subject: string;
      readonly author: string;
      readonly at: number;
    }[]
  >;
  /** What ended runs left on the machine. */
  findLeftovers(runs: readonly LeftoverQuery[]): Promise<readonly CleanupItem[]>;
  /** Removes the items that are to be removed. Answers all of them; what had to stay has become a `keep` that says why. */
  removeLeftovers(
    items: readonly CleanupItem[],
    runs: readonly LeftoverQuery[],
  ): Promise<readonly CleanupItem[]>;
}

export interface RepositoryFacts {
  /** The real path of the main worktree. */
  readonly root: string;
  readonly baseBranch: string;
  readonly baseCommit: string;
  /** Tracked files with changes, wherever the base is checked out: below the root in it, elsewhere by their whole path. */
  readonly dirtyFiles: readonly string[];
}

/** A run that has ended. */
export interface LeftoverQuery {
  readonly runId: string;
  readonly repository: string;
  readonly branch: string;
  /** Where the run left its branch; null when it never made it. */
  readonly tip: string | null;
  /** Whether another run has the branch now: one that has not ended, or that began later. */
  readonly isBranchInUse: boolean;
  readonly baseBranch: string;
  readonly attemptIds: readonly string[];
}
