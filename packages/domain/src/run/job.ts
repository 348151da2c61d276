import type { CheckDefinition, CheckResult } from '../check/check.ts';
import type { Role } from '../policy/role.ts';

/**
 * A piece of machine work for a node. The payload names what to do by ids and commits; texts (prompts, plans) are added by
 * the control plane when a node claims the job. Doing a job twice must find what was done.
 */
export type Job =
  | RunChecksJob
  | CreateBranchJob
  | StartAgentJob
  | ContinueAgentJob
  | CollectEvidenceJob
  | SettleAttemptJob
  | MergeJob
  | IntegrateBaseJob
  | LandJob
  | OpenPullRequestJob
  | DiscardBranchJob
  | RemoveSlotsJob;

export type JobKind = Job['kind'];

interface JobBase {
  readonly jobId: string;
  readonly runId: string;
  /** The task that waits for the job; null for what the run does for itself. */
  readonly taskId: string | null;
}

/** Prepare the slot, reset it to the commit, run the checks one after the other. */
export interface RunChecksJob extends JobBase {
  readonly kind: 'run-checks';
  readonly slot: number;
  readonly commit: string;
  readonly checks: readonly CheckDefinition[];
}

/** Create the run's branch at the base commit; it must not exist, or stand there already for this run. Prepares the slot. */
export interface CreateBranchJob extends JobBase {
  readonly kind: 'create-branch';
  readonly branch: string;
  readonly commit: string;
  readonly slot: number;
}

/** Prepare the slot, reset it to the start commit on the attempt's branch, start the host, wait until it reports in. */
export interface StartAgentJob extends JobBase {
  readonly kind: 'start-agent';
  readonly attemptId: string;
  readonly epoch: number;
  readonly role: Role;
  readonly agent: string;
  readonly model: string | null;
  readonly slot: number;
  readonly branch: string;
  readonly startCommit: string;
  /** Merged into the worktree before the agent starts, conflicts left in place: what a resolver resolves. */
  readonly mergeCommit: string | null;
  /** Whether the set-up command must have run in the slot. */
  readonly needsSetup: boolean;
  /** The only files that the agent may commit; null where it is not to commit at all. */
  readonly scope: readonly string[] | null;
}

/** Give the running host one more turn. */
export interface ContinueAgentJob extends JobBase {
  readonly kind: 'continue-agent';
  readonly attemptId: string;
  readonly epoch: number;
  readonly turn: number;
  readonly message: string;
}

export interface CollectEvidenceJob extends JobBase {
  readonly kind: 'collect-evidence';
  readonly attemptId: string;
  readonly slot: number;
  readonly branch: string;
  readonly startCommit: string;
  /** What the result is compared with for its changed files: the start commit, or the other side of a resolved merge. */
  readonly changesSince: string;
  /** Where two whole branches were brought together: the other one. What git makes of both by itself is no change then. */
  readonly mergedWith: string | null;
  /** Commits that must be ancestors of the result: both sides of a resolved merge. */
  readonly mustContain: readonly string[];
  readonly checks: readonly CheckDefinition[];
}

/** End host, agent and session; keep its commits and uncommitted files under the rescue ref; free the slot. */
export interface SettleAttemptJob extends JobBase {
  readonly kind: 'settle-attempt';
  readonly attemptId: string;
  readonly slot: number;
  readonly branch: string;
  readonly startCommit: string;
  /** How the attempt ended, for the transcript. */
  readonly reason: string;
}

/** Merge the commit into the branch by compare-and-swap. */
export interface MergeJob extends JobBase {
  readonly kind: 'merge';
  readonly branch: string;
  /** Where the branch stands. */
  readonly tip: string;
  readonly commit: string;
  /** The commit the work began at: files changed since must be in scope. */
  readonly startCommit: string;
  /** As in the job that collected the evidence of the commit. */
  readonly mergedWith: string | null;
  readonly scope: readonly string[];
  readonly message: string;
}

export interface IntegrateBaseJob extends JobBase {
  readonly kind: 'integrate-base';
  readonly branch: string;
  /** Where the branch stands. */
  readonly tip: string;
  readonly baseBranch: string;
  readonly message: string;
}

export interface LandJob extends JobBase {
  readonly kind: 'land';
  readonly branch: string;
  readonly baseBranch: string;
  /** The base's commit that the checked tip contains. */
  readonly expectedBase: string;
  readonly tip: string;
}

export interface OpenPullRequestJob extends JobBase {
  readonly kind: 'open-pull-request';
  readonly branch: string;
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
}

export interface DiscardBranchJob extends JobBase {
  readonly kind: 'discard-branch';
  readonly branch: string;
  readonly rescueRef: string;
}

/** Remove the run's worktrees. */
export interface RemoveSlotsJob extends JobBase {
  readonly kind: 'remove-slots';
  readonly slots: readonly number[];
}

/** What a person reads when machine work failed. */
export interface JobProblem {
  /** Stable, such as `setup_failed`, `git_failed`, `disk_full`. */
  readonly code: string;
  readonly message: string;
  /** The end of a command's output, when there is one. */
  readonly output: string | null;
  /** What to type. */
  readonly next: readonly string[];
}

/** What Tina itself found of an attempt's work. */
export interface Evidence {
  readonly headCommit: string;
  /** Commits since the start commit, oldest first, each with its subject line. */
  readonly commits: readonly { readonly commit: string; readonly subject: string }[];
  /** Whether HEAD is the attempt's branch and descends from its start commit. */
  readonly onBranch: boolean;
  /** Whether every commit of `mustContain` is an ancestor of HEAD. */
  readonly containsRequired: boolean;
  /** Paths that `git status` lists, at most 50. */
  readonly dirtyFiles: readonly string[];
  /** Paths in which HEAD differs from `changesSince`, or from what git makes of it and `mergedWith`. */
  readonly changedFiles: readonly string[];
  /** Changed files that hold conflict markers. */
  readonly conflictMarkers: readonly string[];
  readonly checks: readonly CheckResult[];
}

/** What a job came to. Every job may end with `failed` instead. */
export type JobOutcome =
  | { readonly kind: 'run-checks'; readonly checks: readonly CheckResult[] }
  | { readonly kind: 'create-branch' }
  | {
      readonly kind: 'start-agent';
      readonly agentVersion: string;
      readonly workingDirectory: string;
      readonly branch: string;
      readonly hostPid: number;
      /** The tmux session's name; null where the host is a plain process. */
      readonly session: string | null;
    }
  | { readonly kind: 'continue-agent' }
  | { readonly kind: 'collect-evidence'; readonly evidence: Evidence }
  | { readonly kind: 'settle-attempt'; readonly headCommit: string | null; readonly rescueRef: string | null }
  | { readonly kind: 'merge'; readonly result: MergeResult }
  | { readonly kind: 'integrate-base'; readonly result: IntegrateResult }
  | { readonly kind: 'land'; readonly result: LandResult }
  | {
      readonly kind: 'open-pull-request';
      readonly url: string | null;
      readonly pushed: boolean;
      readonly next: readonly string[];
    }
  | { readonly kind: 'discard-branch'; readonly rescueRef: string | null }
  | { readonly kind: 'remove-slots' }
  | FailedJob;

export interface FailedJob {
  readonly kind: 'failed';
  readonly problem: JobProblem;
}

export type MergeResult =
  | {
      readonly kind: 'merged';
      readonly tip: string;
      readonly how: 'fast-forward' | 'merge-commit' | 'already-merged';
    }
  | { readonly kind: 'conflict'; readonly tip: string; readonly files: readonly string[] }
  | { readonly kind: 'out-of-scope'; readonly files: readonly string[] };

export type IntegrateResult =
  | { readonly kind: 'integrated'; readonly tip: string; readonly baseCommit: string }
  | {
      readonly kind: 'conflict';
      readonly tip: string;
      readonly baseCommit: string;
      readonly files: readonly string[];
    };

export type LandResult =
  | { readonly kind: 'landed'; readonly commit: string; readonly checkout: 'updated' | 'none' }
  | { readonly kind: 'base-moved'; readonly baseCommit: string }
  /** The base is checked out in a folder with uncommitted changes; nothing was moved. */
  | { readonly kind: 'checkout-dirty'; readonly path: string; readonly files: readonly string[] };
