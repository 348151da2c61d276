import { TinaError } from '@tina/contract';
import type { Debugger } from './debugger.ts';

/** What a daemon without `--debug` says to whoever asks its debug port. */
export function debugOff(): Debugger['handlers'] {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new TinaError({
        code: 'debug_off',
        message: 'This daemon was started without --debug.',
        next: ['tina daemon stop && tina daemon start --debug'],
      }),
    );
  return {
    'debug.pause': refuse,
    'debug.status': refuse,
    'debug.continue': refuse,
    'debug.clock': refuse,
  };
}
