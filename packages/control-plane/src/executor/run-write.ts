import type { EffectOfEvent, RunState, Transition } from '@tina/domain';
import type { RunWrite } from '@tina/store';

/** A lost node or host is noticed within this time; two renewals may be missed. */
export const LEASE_DURATION_MS = 15_000;

/** Everything that a transition writes of its run. */
export function runWrite(
  before: RunState | null,
  { state, events, effects }: Transition,
  {
    onlyRunOfDesign,
    expiredLease,
  }: { readonly onlyRunOfDesign: boolean; readonly expiredLease?: { readonly attemptId: string } },
): RunWrite {
  const { id: runId, nodeId } = state;
  const durationMs = LEASE_DURATION_MS;
  const timers = lastOfEachTimer(effects);
  return {
    ...unchanged(state, before),
    events,
    enqueue: of(effects, 'enqueue', ({ job, attemptId, causedBy }) => ({ job, nodeId, attemptId, causedBy })),
    withdraw: of(effects, 'withdraw', ({ jobId }) => jobId),
    setTimers: of(timers, 'set-timer', ({ timerId: id, taskId, attemptId, dueAt }) => ({
      id,
      runId,
      taskId,
      attemptId,
      dueAt,
    })),
    clearTimers: of(timers, 'clear-timer', ({ timerId }) => timerId),
    grantLeases: of(effects, 'grant-lease', ({ attemptId, epoch }) => ({
      attemptId,
      nodeId,
      epoch,
      durationMs,
    })),
    releaseLeases: [
      ...of(effects, 'release-lease', ({ attemptId }) => attemptId),
      ...(expiredLease ? [expiredLease.attemptId] : []),
    ],
    onlyRunOfDesign,
  };
}

/** Lets a lease go that the run has no more use for, and changes nothing else. */
export function leaseRelease(state: RunState, attemptId: string): RunWrite {
  return { ...unchanged(state, state), releaseLeases: [attemptId] };
}

function unchanged(state: RunState, before: RunState | null): RunWrite {
  return {
    runId: state.id,
    expectedRevision: before?.revision ?? 0,
    before,
    after: state,
    events: [],
    enqueue: [],
    withdraw: [],
    setTimers: [],
    clearTimers: [],
    grantLeases: [],
    releaseLeases: [],
    onlyRunOfDesign: false,
  };
}

/** A timer may be set and cleared within one transition: what is said of it last holds, whatever the store does first. */
function lastOfEachTimer(effects: readonly EffectOfEvent[]): readonly EffectOfEvent[] {
  const last = new Map(
    effects.flatMap((effect) => ('timerId' in effect ? [[effect.timerId, effect] as const] : [])),
  );
  return [...last.values()];
}

function of<Kind extends EffectOfEvent['kind'], Written>(
  effects: readonly EffectOfEvent[],
  kind: Kind,
  write: (effect: Extract<EffectOfEvent, { kind: Kind }>) => Written,
): readonly Written[] {
  return effects
    .filter((effect): effect is Extract<EffectOfEvent, { kind: Kind }> => effect.kind === kind)
    .map(write);
}
