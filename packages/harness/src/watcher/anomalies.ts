import type { ScenarioLimits } from '../scenario/scenario.ts';
import { type Ledger, unsettled } from './ledger.ts';
import { elapsed } from './notice.ts';

/** Something that is not as it should be, for as long as it is so. */
export interface Alarm {
  readonly code: 'no_tasks' | 'no_progress';
  /** What makes this one different from another of the same code. */
  readonly key: string;
  readonly text: string;
}

export type WatchLimits = Pick<ScenarioLimits, 'runMs' | 'tasksMs' | 'progressMs' | 'agentMs'>;

/** Everything about a run that is not as it should be at this time. */
export function alarmsOf(ledger: Ledger, now: number, limits: WatchLimits): readonly Alarm[] {
  if (ledger.ended !== null) return [];
  return [...phasesWithoutTasks(ledger, now, limits), ...standstill(ledger, now, limits)];
}

/** Phases whose planning began long ago and that have no task. A planner whom a person or a limit holds is none. */
function phasesWithoutTasks(ledger: Ledger, now: number, { tasksMs }: WatchLimits): readonly Alarm[] {
  if (ledger.isPaused || ledger.isBlocked || ledger.gates.size > 0) return [];
  const isParked = unsettled(ledger).some(({ status }) => status === 'parked');
  const planning = [...ledger.tasks.values()].filter(
    ({ kind, status }) => kind === 'plan-phase' && status === 'in_progress',
  );
  return planning.flatMap(({ phase, startedAt }) => {
    // What a person or a limit took is not the planner's time.
    const since = now - Math.max(startedAt ?? now, ledger.attendedAt);
    if (isParked || since < tasksMs) return [];
    return [
      {
        code: 'no_tasks',
        key: String(phase),
        text: `phase ${phase} has no tasks ${elapsed(since)} after its planning began`,
      },
    ];
  });
}

function standstill(ledger: Ledger, now: number, limits: WatchLimits): readonly Alarm[] {
  if (now <= quietUntil(ledger, limits)) return [];
  const text = `no progress for ${elapsed(now - ledger.lastAt)}: ${underWay(ledger)}`;
  return [{ code: 'no_progress', key: String(ledger.lastNumber), text }];
}

/** Until when there may be no event: whatever is under way has time of its own. */
function quietUntil(ledger: Ledger, limits: WatchLimits): number {
  const atWork = unsettled(ledger);
  const waitsForPerson = ledger.isPaused || ledger.isBlocked || ledger.gates.size > 0;
  if (waitsForPerson && atWork.length === 0 && ledger.commands.size === 0) return Infinity;
  const ends = [ledger.lastAt + limits.progressMs];
  for (const { status, parkedUntil } of atWork) {
    if (parkedUntil !== null) ends.push(parkedUntil + limits.progressMs);
    else if (['requested', 'starting', 'running'].includes(status)) ends.push(ledger.lastAt + limits.agentMs);
  }
  for (const allowedMs of ledger.commands.values())
    ends.push(ledger.lastAt + (allowedMs ?? limits.agentMs) + limits.progressMs);
  for (const dueAt of ledger.retries.values()) ends.push(dueAt + limits.progressMs);
  return Math.max(...ends);
}

function underWay(ledger: Ledger): string {
  const agents = unsettled(ledger).map(
    ({ role, taskId, status }) => `the ${role} of ${ledger.tasks.get(taskId)?.name ?? taskId} is ${status}`,
  );
  if (agents.length > 0) return agents.join(', ');
  return ledger.commands.size > 0 ? 'a command is under way' : 'nothing is under way';
}
