import type { NodeLog } from '@tina/daemon';
import { pino } from 'pino';
import { LogFile } from './log-file.ts';

export interface ServiceLog {
  readonly write: NodeLog;
  /** For errors that nobody waits for. */
  readonly error: (error: unknown) => void;
}

/** Writes JSON lines to the standard output, which the starter points at the daemon's log file, `path`. */
export function createServiceLog(path: string): ServiceLog {
  const file = new LogFile({ descriptor: process.stdout.fd, path });
  const options = { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = pino(options, { write: (line) => file.write(line) });
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
