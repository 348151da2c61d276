import { execFileSync } from 'node:child_process';

/** Pids of what still runs in a process group. What has ended and waits to be noticed does not run. */
export function runningInGroup(groupId: number): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, group, state]) => Number(group) === groupId && state?.startsWith('Z') === false)
    .map(([pid]) => Number(pid));
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
