import type { Transaction } from './walk.ts';
import type { Victim } from './victim.ts';

/** `during`: let go before its commit, and killed up to a few milliseconds later: somewhere in it. */
export const SIDES = ['before', 'during', 'after'] as const;
export type Side = (typeof SIDES)[number];

/** One place of the matrix: this dies before, during or after the commit of this event. */
export interface Point {
  readonly victim: Victim;
  readonly side: Side;
  /** The number of the transaction's first event. */
  readonly event: number;
}

/** What came of one point. */
export interface Tried {
  readonly point: Point;
  /**
   * `killed`: while the commit was held. `later`: there was no such process, and the next that came within half a second was
   * killed. `nobody`: none came. `missed`: the run had passed the event or did not come to it; the point is tried again in
   * another play.
   */
  readonly outcome: 'killed' | 'later' | 'nobody' | 'missed';
  /** What was held, as the types of its events. */
  readonly types: readonly string[];
  readonly killed: readonly string[];
  /** Of those who are killed during a commit: whether it was there afterwards. */
  readonly isCommitted: boolean | null;
  /** From the kill to the next event that the run committed; null where nothing was killed. */
  readonly recoveryMs: number | null;
  /** From the kill to the start of the attempt that came for one that died of it, the slowest of them; null where none died. */
  readonly replacementMs: number | null;
  /** Who started the daemon that died: a command of ours, or an agent host by itself; null when it did not die. */
  readonly restartedBy: 'command' | 'host' | null;
}

export function pointsOf(
  transactions: readonly Transaction[],
  victims: readonly Victim[],
  sides: readonly Side[],
): readonly Point[] {
  return victims.flatMap((victim) =>
    sides.flatMap((side) => transactions.map(({ first }) => ({ victim, side, event: first }))),
  );
}

export function pointText({ victim, side, event }: Point): string {
  return `${victim} ${side} ${event}`;
}
