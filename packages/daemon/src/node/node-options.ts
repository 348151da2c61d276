import type { DaemonStart, NodeApi } from '@tina/contract';
import type { NodeClock } from './node-clock.ts';
import type { NodePlatform } from './platform/node-platform.ts';

/** Where the node's things are; all absolute. */
export interface NodePaths {
  readonly stateDir: string;
  readonly attemptsDir: string;
  readonly checksDir: string;
  /** Used by runs whose settings name no root of their own. */
  readonly worktreesDir: string;
  /** The daemon's socket, for hosts and for the agents' `tina`. */
  readonly socketPath: string;
}

export interface NodePrograms {
  /** The Node that agents' `tina` shall run on. */
  readonly node: string;
  /** Starts an agent host; the path of `launch.json` is added. */
  readonly agentHost: readonly string[];
  /** The folder that `tina` is in; first on the agents' PATH. */
  readonly tinaBin: string;
  /** Serves Tina's tools to an agent on its stdin and stdout; left out: agents have the command line alone. */
  readonly mcpServer?: readonly string[];
  /** Starts a daemon for hosts that find none (G13); left out: they wait. */
  readonly daemonStart?: DaemonStart;
}

/** `fields` hold no secrets. */
export type NodeLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export interface NodeOptions {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly api: NodeApi;
  readonly paths: NodePaths;
  /** Tells this Tina's processes from those of another TINA_HOME. */
  readonly homeId: string;
  /** How many agents may be starting or at work on the machine at once; parked ones do not count. */
  readonly machineAgents: number;
  readonly programs: NodePrograms;
  /** The daemon's own: what git, checks and agents get is chosen from it. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: NodeLog;
  readonly clock?: NodeClock;
  /** The machine itself by default. */
  readonly platform?: NodePlatform;
}
