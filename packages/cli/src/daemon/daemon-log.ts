import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_LOG_BYTES, shiftLogs } from './shift-logs.ts';

/** The daemon's log, opened for a daemon that is about to start. */
export interface DaemonLog {
  readonly path: string;
  readonly descriptor: number;
  /** The last lines that were written since. */
  readonly tail: () => string[];
  readonly close: () => void;
}

/** A log of more than 10 MB becomes `daemon.log.1` first. The daemon does the same as long as it runs (`LogFile`). */
export function openDaemonLog(logsDir: string): DaemonLog {
  const path = daemonLogPath(logsDir);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) {
    shiftLogs(path);
    renameSync(path, `${path}.1`);
  }
  const descriptor = openSync(path, 'a+', 0o600);
  const start = fstatSync(descriptor).size;
  return {
    path,
    descriptor,
    tail: () => readTail(descriptor, start),
    close: () => closeSync(descriptor),
  };
}

export function daemonLogPath(logsDir: string): string {
  return join(logsDir, 'daemon.log');
}

function readTail(descriptor: number, start: number): string[] {
  const from = Math.max(start, fstatSync(descriptor).size - 4_000);
  const buffer = Buffer.alloc(4_000);
  const length = readSync(descriptor, buffer, 0, buffer.length, from);
  const lines = buffer.toString('utf8', 0, length).trimEnd().split('\n');
  return lines.filter((line) => line !== '').slice(-15);
}
