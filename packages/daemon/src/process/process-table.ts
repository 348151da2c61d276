import type { EnvironmentMarker } from './environment-marker.ts';

/** What the operating system says of one process. */
export interface ProcessEntry {
  readonly pid: number;
  /** The process group it belongs to: its leader's pid. */
  readonly groupId: number;
  /** See `ProcessIdentity.startTime`. */
  readonly startTime: string;
  /** It has ended and nobody has read its exit code yet. */
  readonly isZombie: boolean;
}

export interface FindProcesses {
  readonly marker: EnvironmentMarker;
  /** Members of these groups are found too, whatever their environment says. */
  readonly groupIds: ReadonlySet<number>;
  /** The start of the first process that can carry the marker: what is older need not be asked. Null: not known. */
  readonly notBefore: string | null;
}

/** A process that a search found. */
export interface FoundProcess extends ProcessEntry {
  /** False for one that was found as a member of a group. */
  readonly carriesMarker: boolean;
}

/** The operating system's list of processes. */
export interface ProcessTable {
  /** Null when there is no process with this pid. A zombie is still there. */
  read(pid: number): Promise<ProcessEntry | null>;
  /** Every running process, zombies left out, that carries the marker or belongs to one of the groups. */
  find(parameters: FindProcesses): Promise<readonly FoundProcess[]>;
  /** A variable of a process's environment; null when it has none, or there is no such process, or it is not told. */
  readVariable(pid: number, name: string): Promise<string | null>;
}
