import { TinaError } from '@tina/contract';

/** Somebody asked to end processes without saying exactly which (G11). Nothing was signalled. */
export class ProcessTargetError extends TinaError {
  constructor(message: string) {
    super({ code: 'process_target_refused', message });
  }
}
