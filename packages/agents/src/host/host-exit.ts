/** Exit codes of the agent host; ended by a signal it is 128 and the signal's number. */
export const HOST_EXIT = {
  /** By the daemon's order. */
  ended: 0,
  /** A mistake of ours; the transcript says which. */
  failed: 1,
  badLaunch: 2,
  /** The attempt has, or had, another host. Nothing was started. */
  anotherHost: 3,
  /** The daemon does not want this host. */
  refused: 4,
  /** Somebody has removed the attempt's folder. */
  folderGone: 5,
} as const;

export interface HostEnding {
  readonly exitCode: number;
  readonly reason: string;
}
