export { endAttemptProcesses, findAttemptProcesses } from './attempt-processes.ts';
export type { EnvironmentMarker } from './environment-marker.ts';
export type { EndedProcesses } from './marked-processes.ts';
export { endMarkedProcesses, findMarkedProcesses } from './marked-processes.ts';
export type { ProcessIdentity } from './process-identity.ts';
export { isAlive, readGroupLeader, readProcessIdentity, readVariable } from './process-identity.ts';
