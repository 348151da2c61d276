import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStartTime } from '../process/start-time.ts';

/** What `host.json` says: the one host that this attempt ever has. */
export interface HostFile {
  readonly pid: number;
  readonly startTime: string;
}

/** Makes this process the attempt's host (G09). False: another one is, or was, and nothing may be started. */
export function claimHostFile(directory: string): boolean {
  const content: HostFile = { pid: process.pid, startTime: readStartTime(process.pid) };
  try {
    writeFileSync(hostFilePath(directory), JSON.stringify(content), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the attempt's folder is still there: when somebody has removed it, nobody will ever ask for this agent. */
export function hasHostFile(directory: string): boolean {
  return statSync(hostFilePath(directory), { throwIfNoEntry: false }) !== undefined;
}

function hostFilePath(directory: string): string {
  return join(directory, 'host.json');
}
