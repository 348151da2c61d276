export { removeLaunchScripts } from './launch-scripts.ts';
export { openSessions } from './open-sessions.ts';
export { SessionExistsError } from './session-errors.ts';
export type { Sessions } from './session-port.ts';
