import type { CliIo } from '../terminal/io.ts';
import { wantsColour, wantsUnicode } from './style.ts';

/** How output for a person may look here. */
export interface Look {
  /** Columns; null where lines may be as long as they are (no terminal). */
  readonly width: number | null;
  readonly colour: boolean;
  readonly unicode: boolean;
}

export function lookOf(io: CliIo): Look {
  return {
    width: io.stdout.columns ?? null,
    colour: wantsColour(io, io.stdout),
    unicode: wantsUnicode(io),
  };
}
