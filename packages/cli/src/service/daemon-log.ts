import type { NodeLog } from '@tina/daemon';
import { pino } from 'pino';

export interface ServiceLog {
  readonly write: NodeLog;
  /** For errors that nobody waits for. */
  readonly error: (error: unknown) => void;
}

/** Writes JSON lines to the standard output, which the starter points at the daemon's log file. */
export function createServiceLog(): ServiceLog {
  const logger = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
  return {
    write: (level, message, fields = {}) => logger[level](withErrors(fields), message),
    error: (error) => logger.error({ err: error }, 'an error that nobody waits for'),
  };
}

/** Errors have no enumerable fields of their own; pino shows them below `err` alone. */
function withErrors(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error, ...rest } = fields;
  return error === undefined ? rest : { ...rest, err: error };
}
