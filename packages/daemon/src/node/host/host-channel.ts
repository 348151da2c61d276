import type { HostOrder, ParsedInput } from '@tina/contract';

/** The way from the daemon to one connected agent host. Sending to a host that has just gone does nothing. */
export interface HostChannel {
  send(order: HostOrder): void;
  /** Ends the connection: the host has made another one, or is not wanted any more. */
  end(): void;
}

/** What whoever serves the connection tells of it. */
export interface HostConnection {
  /** To be called when the connection is gone, whoever ended it. */
  closed(): void;
}

export type HostFrameInput = ParsedInput<'host.frame'>;
