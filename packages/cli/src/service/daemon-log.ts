import type { NodeLog } from '@tina/daemon';
import { writeSync } from 'node:fs';
import { pino } from 'pino';

export interface ServiceLog {
  readonly write: NodeLog;
  /** For errors that nobody waits for. */
  readonly error: (error: unknown) => void;
}

/** Writes JSON lines to the standard output, which the starter points at the daemon's log file. */
export function createServiceLog(): ServiceLog {
  const options = { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = pino(options, { write: writeLine });
  return {
    write: (level, message, fields = {}) => logger[level](withErrors(fields), message),
    error: (error) => logger.error({ err: error }, 'an error that nobody waits for'),
  };
}

/**
 * A line that cannot be written is lost: the disk may be full, and the daemon has better to do than to wait for it. pino's
 * own stream tries again for ever, and nothing else happens meanwhile.
 */
function writeLine(line: string): void {
  try {
    writeSync(process.stdout.fd, line);
  } catch {
    // There is nobody to tell.
  }
}

/** Errors have no enumerable fields of their own; pino shows them below `err` alone. */
function withErrors(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error, ...rest } = fields;
  return error === undefined ? rest : { ...rest, err: error };
}
