/** What holds where no configuration says otherwise and the domain has no default of its own. Durations are milliseconds. */
export const CONFIG_DEFAULTS = {
  /** Two runs at full width; more agents than that wait for the machine rather than for models. */
  machineAgents: 6,
  /** Longer than most builds and test runs inside one tool call. */
  idleWarningMs: 10 * 60_000,
  /** Three times the warning: an eight-minute tool call is far from it. */
  idleStopMs: 30 * 60_000,
  /** A turn that works for two hours was given too much. */
  turnMs: 2 * 3_600_000,
  /** Agent programs start in seconds; the first start after an update may take half a minute. */
  startMs: 60_000,
  checkTimeoutMs: 10 * 60_000,
  /** A cold installation of dependencies on a slow line. */
  setupTimeoutMs: 30 * 60_000,
} as const;
