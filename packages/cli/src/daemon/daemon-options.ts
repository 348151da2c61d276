import type { Home } from '../home/open-home.ts';

/** What the service is started with. */
export interface DaemonOptions {
  readonly home: Home;
  /** Of this program; `daemon.status` tells it. */
  readonly version: string;
  /** Whether it ends at once when it finds, once it listens, that the daemon is stopped on purpose. */
  readonly unlessStopped: boolean;
  /** Whether its debug port answers. */
  readonly debug: boolean;
  /** Where the agents' tools are served over HTTP; null: nowhere. 0: on any port that is free. */
  readonly mcpPort: number | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}
