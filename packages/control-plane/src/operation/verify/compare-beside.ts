import { awaitedJobs, awaitedTimers, isActive, type RunState } from '@tina/domain';
import type { RunAudit } from '@tina/store';
import { LEASE_DURATION_MS } from '../../executor/run-write.ts';
import { type Finding, inStore } from './finding.ts';

/**
 * What the store keeps beside a run's state, held against that state: copies, jobs, timers, leases, tokens.
 *
 * @param areRowsRight whether the rows' data is what the events make: only then their copies are written anew without a question
 */
export function compareBeside(audit: RunAudit, state: RunState, areRowsRight: boolean): readonly Finding[] {
  return [
    ...compareCopies(audit, state, areRowsRight ? 'safe' : 'ask'),
    ...compareJobs(audit, state),
    ...compareTimers(audit, state),
    ...compareLeases(audit, state),
    ...audit.tokens
      .filter((id) => !state.attempts[id])
      .map((id) =>
        inStore(
          { kind: 'token', name: id, message: `a token is for attempt ${id}, which is not there` },
          state.id,
          {
            dropTokens: [id],
          },
        ),
      ),
  ];
}

function compareCopies(
  { wrongCopies }: RunAudit,
  { id: runId }: RunState,
  mend: 'safe' | 'ask',
): readonly Finding[] {
  return wrongCopies.map(({ table, id, column, found, expected }) => {
    const message = `its rows: ${table} ${id} has ${quoted(found)} in column ${column}; by its data it is ${quoted(expected)}`;
    return inStore({ kind: 'copy', name: id, message }, runId, {}, mend);
  });
}

function quoted(value: string | null): string {
  return value ?? 'nothing';
}

function compareJobs({ openJobs }: RunAudit, state: RunState): readonly Finding[] {
  const awaited = awaitedJobs(state);
  const open = new Set(openJobs.map(({ id }) => id));
  const idle = openJobs.filter(
    ({ id, kind }) => !awaited.has(id) && !(kind === 'remove-slots' && state.slotsRemoval === 'requested'),
  );
  return [
    ...idle.map(({ id, kind }) => {
      const message = `job ${id} (${kind}) is in the queue, and nothing waits for it`;
      return inStore({ kind: 'job', name: id, message }, state.id, { withdraw: [id] });
    }),
    ...[...awaited]
      .filter((id) => !open.has(id))
      .map((id) => {
        const message = `job ${id} is waited for, and it is not in the queue: the run would wait for ever`;
        return inStore({ kind: 'job', name: id, message }, state.id, { requeue: [id] }, 'ask');
      }),
  ];
}

function compareTimers({ timers }: RunAudit, state: RunState): readonly Finding[] {
  const awaited = awaitedTimers(state);
  const set = new Set(timers.map(({ id }) => id));
  return [
    ...timers
      .filter(({ id }) => !awaited.has(id))
      .map(({ id }) => {
        const message = `timer ${id} is set, and nothing waits for it`;
        return inStore({ kind: 'timer', name: id, message }, state.id, { clearTimers: [id] });
      }),
    ...[...awaited]
      .filter((id) => !set.has(id))
      .map((id) => {
        const message = `timer ${id} is waited for, and it is not set: the run would wait for ever`;
        return inStore({ kind: 'timer', name: id, message }, state.id, { setTimers: [timerOf(state, id)] });
      }),
  ];
}

/** As the state says that it was set. */
function timerOf(
  { id: runId, tasks, attempts }: RunState,
  id: string,
): NonNullable<RunAudit['timers'][number]> {
  const waits = tasks[id]?.waitsFor;
  if (waits?.kind === 'timer') return { id, runId, taskId: id, attemptId: null, dueAt: waits.dueAt };
  return {
    id,
    runId,
    taskId: null,
    attemptId: id,
    dueAt: attempts[id]?.turnDueAt ?? attempts[id]?.parkedUntil ?? 0,
  };
}

function compareLeases({ leases }: RunAudit, state: RunState): readonly Finding[] {
  const { id: runId, nodeId } = state;
  const leased = new Set(leases);
  const atWork = Object.values(state.attempts).filter(
    (attempt) => isActive(attempt) && attempt.status !== 'requested' && !leased.has(attempt.id),
  );
  return [
    ...leases
      .filter((id) => state.attempts[id]?.settled !== false)
      .map((id) => {
        const message = `attempt ${id} is leased, and nothing of it is left`;
        return inStore({ kind: 'lease', name: id, message }, runId, { releaseLeases: [id] });
      }),
    ...atWork.map(({ id, epoch }) => {
      const message = `attempt ${id} is at work without a lease: nobody would notice its end`;
      // Whoever holds it renews it; when nobody does it ends, and the attempt is lost and begins again.
      const lease = { attemptId: id, nodeId, epoch, durationMs: LEASE_DURATION_MS };
      return inStore({ kind: 'lease', name: id, message }, runId, { grantLeases: [lease] });
    }),
  ];
}
