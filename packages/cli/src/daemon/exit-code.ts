/** How a daemon ends that finds another one holding the lock of its home (EX_TEMPFAIL). */
export const DAEMON_ALREADY_RUNNING = 75;
