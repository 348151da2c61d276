import type { EnvironmentMarker } from './environment-marker.ts';
import { endMarkedProcesses, findMarkedProcesses } from './marked-processes.ts';
import type { EndedProcesses } from './marked-processes.ts';
import type { ProcessGroup } from './owned-groups.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Whose processes: those of one attempt of one Tina. */
export interface AttemptMark {
  readonly attemptId: string;
  /** Tells this Tina's processes from those of another TINA_HOME on the machine. */
  readonly homeId: string;
}

export interface EndAttemptProcesses extends AttemptMark {
  /** The groups of the attempt's host and agent, each named by its leader. */
  readonly processGroups: readonly ProcessGroup[];
  /** When the attempt's host started, if that is known: nothing of the attempt is older. */
  readonly hostStartTime?: string | null;
  /** How long they may take to end by themselves before SIGKILL. */
  readonly graceMs: number;
  readonly signal?: AbortSignal;
}

/** The variables every process of an attempt is started with. */
export function attemptMarker({ attemptId, homeId }: AttemptMark): EnvironmentMarker {
  return { TINA_ATTEMPT: attemptId, TINA_HOME_ID: homeId };
}

/** Every running process of the attempt, wherever it has gone; the caller itself left out. */
export async function findAttemptProcesses(mark: AttemptMark): Promise<readonly ProcessIdentity[]> {
  return findMarkedProcesses(attemptMarker(mark));
}

/** Leaves nothing of the attempt running (G14), and touches nothing else (G11). See `endMarkedProcesses`. */
export async function endAttemptProcesses(parameters: EndAttemptProcesses): Promise<EndedProcesses> {
  const { processGroups, hostStartTime = null, graceMs, signal } = parameters;
  return endMarkedProcesses({
    marker: attemptMarker(parameters),
    processGroups,
    notBefore: hostStartTime,
    graceMs,
    ...(signal ? { signal } : {}),
  });
}
