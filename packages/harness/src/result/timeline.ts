import { endingOf } from '../expectation/compare-run.ts';
import type { RunFacts } from '../play/facts.ts';
import type { AttemptSpan, RunTimeline, TaskSpan } from './scenario-result.ts';

/** A run's tasks and attempts on the time axis that begins at `startedAt` (milliseconds since 1970). */
export function timelineOf({ view, ledger }: RunFacts, startedAt: number): RunTimeline {
  const since = (at: number | null): number | null => (at === null ? null : at - startedAt);
  const attempts = [...ledger.attempts.values()];
  const tasks = [...ledger.tasks.values()].map((task): TaskSpan => {
    const own = attempts.filter(({ taskId }) => taskId === task.id);
    const { id, name, status, kind, phase } = task;
    return {
      id,
      name,
      status,
      kind,
      phase,
      fromMs: since(task.startedAt),
      toMs: since(task.endedAt),
      attempts: own.map((attempt): AttemptSpan => ({
        id: attempt.id,
        name: `${attempt.role} ${attempt.number}`,
        status: attempt.status,
        role: attempt.role,
        number: attempt.number,
        failure: attempt.failure,
        fromMs: since(attempt.requestedAt),
        toMs: since(attempt.endedAt),
      })),
    };
  });
  return {
    runId: view.id,
    status: view.status,
    ending: endingOf(view.ending),
    phases: view.phases.map(({ number }) => number),
    tasks,
  };
}
