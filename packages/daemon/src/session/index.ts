export type { OpenSessions } from './open-sessions.ts';
export { openSessions } from './open-sessions.ts';
export { probeTmux } from './probe-tmux.ts';
export {
  SessionExistsError,
  SessionServerError,
  SessionStartError,
  SocketPathTooLongError,
} from './session-errors.ts';
export type { Sessions, SessionsProbe, StartSession } from './session-port.ts';
