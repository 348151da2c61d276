export type { AttemptMark, EndAttemptProcesses } from './attempt-processes.ts';
export { attemptMarker, endAttemptProcesses, findAttemptProcesses } from './attempt-processes.ts';
export type { EnvironmentMarker } from './environment-marker.ts';
export type { EndedProcesses, EndMarkedProcesses } from './marked-processes.ts';
export { endMarkedProcesses, findMarkedProcesses } from './marked-processes.ts';
export type { ProcessGroup } from './owned-groups.ts';
export type { ProcessIdentity } from './process-identity.ts';
export { isAlive, isSameProcess, readProcessIdentity } from './process-identity.ts';
export { ProcessTargetError } from './process-target-error.ts';
