import type { Launch } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import type { AgentAdapter } from '../adapter/agent-adapter.ts';
import { failedTurn } from '../adapter/turn-outcomes.ts';
import { processActivity } from '../process/process-activity.ts';
import { TurnWatch, type TurnWatchCalls } from './turn-watch.ts';

/** A watch over turns that says in words what it sees: a warning, or how a turn has to end. */
export function makeTurnWatch(parameters: {
  readonly launch: Launch;
  readonly adapter: AgentAdapter;
  /** The agent's process; the host's own while there is none. */
  readonly pid: () => number;
  readonly warn: (message: string) => void;
  readonly stop: (outcome: TurnOutcome) => void;
}): TurnWatch {
  const { launch, adapter, pid, warn, stop } = parameters;
  const calls: TurnWatchCalls = {
    onIdle: (idleMs) => warn(`no sign of progress for ${seconds(idleMs)}`),
    onIdleTooLong: (idleMs) =>
      stop(failedTurn('no_progress', `The agent gave no sign of progress for ${seconds(idleMs)}.`)),
    onTooLong: () =>
      stop(failedTurn('timeout', `The turn took longer than ${seconds(launch.limits.turnMs)}.`)),
  };
  const activity = (): string | null => processActivity(pid());
  return new TurnWatch(launch.limits, calls, adapter.capabilities.progress === 'processes' ? activity : null);
}

function seconds(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)} s` : `${Math.round(durationMs / 1000)} s`;
}
