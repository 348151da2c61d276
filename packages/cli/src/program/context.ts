import type { CommandContext, StricliProcess } from '@stricli/core';
import type { CliIo } from '../terminal/io.ts';

/** What every command gets as `this`. */
export interface CliContext extends CommandContext {
  /** A command that ends with a code of its own sets `exitCode` here. */
  readonly process: StricliProcess;
  readonly io: CliIo;
  readonly version: string;
  /** What a daemon is started with; undefined: this program. */
  readonly daemonProgram: readonly string[] | undefined;
}
