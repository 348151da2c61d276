import type { EventView } from '@tina/contract';
import type { HeldCommit } from './debug-port.ts';

interface Killed {
  readonly held: Pick<HeldCommit, 'events'>;
  /** Attempts whose host, agent or session was killed. */
  readonly struck: readonly string[];
  /** Milliseconds since 1970, of the clock that dates events as well. */
  readonly at: number;
}

/** Whether the first of the held events was kept: then it is dated before the kill. */
export function isCommitted(events: readonly EventView[], { held, at }: Killed): boolean {
  const first = held.events[0];
  const found = events.find(({ number }) => number === first?.number);
  return found !== undefined && found.type === first?.type && found.at < at;
}

/** Until the next event after the kill; null when there is none, because it was the last. */
export function recoveryOf(events: readonly EventView[], { at }: Killed): number | null {
  const next = events.find((event) => event.at >= at);
  return next === undefined ? null : next.at - at;
}

/** Until the start of the attempts that came for those whose host or agent died, and that ended without success for it. */
export function replacementOf(events: readonly EventView[], { at, struck }: Killed): number | null {
  const dead = new Set(struck);
  const ended = events.filter(
    ({ type, data, at: endedAt }) =>
      (type === 'attempt.lost' || type === 'attempt.failed') &&
      endedAt >= at &&
      dead.has(String(data['attemptId'])),
  );
  const times = ended.flatMap(({ data }) => startOfSuccessor(events, String(data['attemptId'])) ?? []);
  return times.length === 0 ? null : Math.max(...times) - at;
}

function startOfSuccessor(events: readonly EventView[], attemptId: string): number | null {
  const asked = events.find(
    ({ type, data }) => type === 'attempt.requested' && data['predecessor'] === attemptId,
  );
  const successor = asked?.data['attemptId'];
  const started = events.find(
    ({ type, data }) => type === 'attempt.started' && data['attemptId'] === successor,
  );
  return started?.at ?? null;
}
