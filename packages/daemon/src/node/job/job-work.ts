import type { AgentMaterials, NodeApi, RunSettings } from '@tina/contract';
import type { Sessions } from '../../session/index.ts';
import type { HostRegistry } from '../host/host-registry.ts';
import type { NodeClock } from '../node-clock.ts';
import type { NodeLog, NodeOptions } from '../node-options.ts';
import type { NodePlatform } from '../platform/node-platform.ts';
import type { CommitIdentity } from '../attempt/commit-identity.ts';
import type { TimedCache } from '../attempt/timed-cache.ts';
import type { Launches } from './launches.ts';

/** What the executors of a node share. */
export interface NodeTools extends Pick<NodeOptions, 'paths' | 'homeId' | 'programs' | 'environment'> {
  readonly api: NodeApi;
  readonly hosts: HostRegistry;
  readonly sessions: Sessions;
  readonly platform: NodePlatform;
  /** Whether sessions are tmux sessions; plain processes otherwise. */
  readonly hasTmux: boolean;
  /** The versions that hosts reported in with, by agent definition: the next host need not ask its program again. */
  readonly versions: TimedCache<string>;
  /** Who commits, by repository. */
  readonly identities: TimedCache<CommitIdentity>;
  /** Where the user's git hooks are, by worktree. */
  readonly userHooks: TimedCache<string>;
  /** Worktrees that this daemon has seen complete, and whether the set-up command has run in them. */
  readonly knownSlots: Map<string, { readonly isSetUp: boolean }>;
  /** By attempt: the commit that its work ended with, as its evidence said. */
  readonly seenHeads: Map<string, string>;
  readonly launches: Launches;
  readonly clock: NodeClock;
  readonly log: NodeLog;
}

/** What an executor gets beside its job. */
export interface JobWork {
  readonly repository: string;
  readonly settings: RunSettings;
  readonly agent: AgentMaterials | null;
  readonly signal: AbortSignal;
  /** The parameters that every git operation takes. */
  readonly git: {
    readonly repository: string;
    readonly signal: AbortSignal;
    readonly environment: NodeJS.ProcessEnv;
  };
  readonly tools: NodeTools;
}
