import {
  endAttemptProcesses,
  endMarkedProcesses,
  findAttemptProcesses,
  findMarkedProcesses,
  isAlive,
  type EndedProcesses,
  type EnvironmentMarker,
  type ProcessIdentity,
} from '../../process/index.ts';

export const systemProcesses = {
  endAttemptProcesses,
  /** See `endMarkedProcesses`. */
  endMarked(parameters: {
    readonly marker: EnvironmentMarker;
    readonly graceMs: number;
    readonly signal: AbortSignal;
  }): Promise<EndedProcesses> {
    return endMarkedProcesses({ ...parameters, processGroups: [] });
  },
  findAttemptProcesses,
  /** See `findMarkedProcesses`. */
  findMarked(marker: EnvironmentMarker): Promise<readonly ProcessIdentity[]> {
    return findMarkedProcesses(marker);
  },
  /** Whether exactly this process is still running. */
  isAlive(identity: ProcessIdentity): Promise<boolean> {
    return isAlive(identity);
  },
};
