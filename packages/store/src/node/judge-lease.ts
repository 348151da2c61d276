export interface HeldLease {
  readonly lease_ends_at: number;
  readonly lease_duration_ms: number;
}

/** `restarted`: it gets a whole period from now, because nothing can be concluded from the time that seems to be over. */
export type LeaseVerdict = 'held' | 'restarted' | 'expired';

/** A gap between two looks at a lease that is longer than this many of its periods is no silence, but a sleep. */
const PERIODS_OF_A_SLEEP = 2;

/**
 * Whether a holder's time is over.
 *
 * @param seenAt when the store looked at its leases last; null before the first time
 */
export function judgeLease(lease: HeldLease, now: number, seenAt: number | null): LeaseVerdict {
  const { lease_ends_at: endsAt, lease_duration_ms: durationMs } = lease;
  const renewedAt = endsAt - durationMs;
  const watchedAt = Math.max(renewedAt, seenAt ?? renewedAt);
  // The clock jumped ahead, or the machine slept: the holder could not renew either.
  if (now - watchedAt > PERIODS_OF_A_SLEEP * durationMs) return 'restarted';
  // The clock went back: the lease would outlive its holder by as much.
  if (now < renewedAt) return 'restarted';
  return endsAt <= now ? 'expired' : 'held';
}
