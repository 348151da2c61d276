import { TinaError } from '@tina/contract';

/** The host is not the one that Tina knows for the attempt: it ends itself (G09, G10). */
export class HostRefusedError extends TinaError {
  constructor(reason: string) {
    super({ code: 'host_refused', message: `The agent host was refused: ${reason}.` });
  }
}

/** The host has ended, or nobody listens to it any more. */
export class HostGoneError extends TinaError {
  constructor(reason: string) {
    super({ code: 'host_lost', message: reason });
  }
}

/** The daemon ends: hosts try again until the next one is there. */
export class ShuttingDownError extends TinaError {
  constructor() {
    super({ code: 'shutting_down', message: 'The daemon is ending.', next: ['tina daemon start'] });
  }
}
