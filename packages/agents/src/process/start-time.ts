import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process started, as the operating system tells it: with the pid it names one process and no later one that
 * got the same pid. In the form of the daemon's process table. Empty when the process is gone.
 */
export function readStartTime(pid: number, platform: NodeJS.Platform = process.platform): string {
  try {
    return platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return '';
  }
}

/** Clock ticks since boot, and which boot. The process's name may hold spaces and parentheses, so fields count from its end. */
function fromProc(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${ticks}@${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}`;
}

function fromPs(pid: number): string {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const output = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
  return output.trim().replace(/\s+/g, ' ');
}
