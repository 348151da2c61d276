import type { Role } from '@tina/domain';
import type { AgentDefinition } from '../config/agent-definition.ts';

/** What an agent host is told to do: the content of `launch.json` in the attempt's folder (mode 0600). */
export interface Launch {
  readonly runId: string;
  readonly attemptId: string;
  readonly epoch: number;
  /** Tells this Tina's processes from those of another TINA_HOME. */
  readonly homeId: string;
  readonly socketPath: string;
  /** The attempt's secret: who says it is this attempt. */
  readonly token: string;
  readonly role: Role;
  /** What the work is about, for scripts and transcripts. */
  readonly subject: LaunchSubject;
  /** The name and settings of the agent; its paths are absolute (`AgentAdapter.forLaunch`). */
  readonly agentName: string;
  readonly agent: AgentDefinition;
  /** As the daemon's probe found it; null when it has not looked: then the host asks before it says hello. */
  readonly agentVersion: string | null;
  readonly model: string | null;
  readonly prompt: string;
  readonly worktree: string;
  readonly branch: string;
  /** The tmux session the host is started in; null where it is a plain process. */
  readonly session: string | null;
  /** Where the attempt's files are kept; `out/` below it is for what the agent hands over. */
  readonly directory: string;
  /** The whole environment of the agent's processes. */
  readonly env: Readonly<Record<string, string>>;
  /** What the role may do with files; an adapter maps it to its program's own means. */
  readonly access: AgentAccess;
  /** The server of Tina's tools that the agent is to be given; null: it has the command line alone. */
  readonly mcp: McpServer | null;
  readonly limits: LaunchLimits;
  /** How the host starts a daemon when it has found none for a while (G13); null: it waits for one. */
  readonly daemonStart: DaemonStart | null;
}

/**
 * `read`: looks at the worktree and reports. `write`: changes files of its worktree and commits them. Both run commands, and
 * both write files that they hand over.
 */
export type AgentAccess = 'read' | 'write';

/** A program that speaks MCP on its stdin and stdout. */
export interface McpServer {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a daemon is started. Its environment is not in here, because no file shall hold it: the daemon says it to the host. */
export interface DaemonStart {
  /** Program and arguments; ends when a daemon answers, or none could be started. */
  readonly command: readonly string[];
  readonly directory: string;
  /** While this file is there, somebody has stopped the daemon on purpose: it stays stopped. */
  readonly stoppedPath: string;
}

export interface LaunchSubject {
  readonly feature: string;
  readonly taskName: string;
  /** `1`, `1.5`; null for tasks of the whole run. */
  readonly phase: string | null;
  /** The number of a phase task within its plan. */
  readonly planTask: number | null;
  /** The attempt's number within its task, and within its task and role. */
  readonly attempt: number;
  readonly roleAttempt: number;
  /** Ids of the findings that a reviewer is asked for a verdict on. */
  readonly openFindings: readonly string[];
}

/** Milliseconds. */
export interface LaunchLimits {
  /** Without a sign of progress for so long, the host warns. */
  readonly idleWarningMs: number;
  /** Without a sign of progress for so long, the host ends the turn as `no_progress`. */
  readonly idleStopMs: number;
  /** The longest a turn may take; then it ends as `timeout`. */
  readonly turnMs: number;
}
