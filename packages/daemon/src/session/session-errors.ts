import { TinaError } from '@tina/contract';

/** A session of that name is there already; it was not touched. */
export class SessionExistsError extends TinaError {
  constructor(name: string) {
    super({ code: 'session_exists', message: `a session named ${name} is running already` });
  }
}

/** The session cannot be started as it was asked for; nothing was started. */
export class SessionStartError extends TinaError {
  constructor(name: string, reason: string, cause?: unknown) {
    super({
      code: 'session_not_started',
      message: `the session ${name} cannot be started: ${reason}`,
      cause,
    });
  }
}

/** tmux does not answer, or answers something unexpected: what is running is unknown. */
export class SessionServerError extends TinaError {
  constructor(socketPath: string, reason: string, cause?: unknown) {
    super({
      code: 'session_server_failed',
      message: `the tmux server at ${socketPath} failed: ${reason}`,
      next: [`tmux -S ${socketPath} list-sessions`],
      cause,
    });
  }
}

/** The operating system has no room for the socket's path. */
export class SocketPathTooLongError extends TinaError {
  constructor(socketPath: string, maxBytes: number) {
    super({
      code: 'socket_path_too_long',
      message: `the path of tmux's socket is ${Buffer.byteLength(socketPath)} bytes long, at most ${maxBytes} work: ${socketPath}`,
      next: ['set TINA_HOME to a folder with a shorter path, for example: export TINA_HOME=~/.tina'],
    });
  }
}
