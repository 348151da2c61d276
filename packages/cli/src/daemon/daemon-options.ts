import type { Home } from '../home/open-home.ts';

/** What the service is started with. */
export interface DaemonOptions {
  readonly home: Home;
  /** Of this program; `daemon.status` tells it. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
