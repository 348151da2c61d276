import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Suspect, suspectsOf } from '../victim.ts';
import { HELD_SANDBOX } from '../play-plan.ts';
import { countOf, releaseBoth, untilAtWork } from './at-work.ts';
import type { Disaster } from './disaster.ts';

/** A lease is 15 s, and a host renews it every 3 s: longer than one, and longer than two, which Tina takes for a sleep of the machine. */
const LONGER_THAN_A_LEASE_MS = 24_000;
const LONGER_THAN_TWO_MS = 34_000;

/** SIGSTOP, so long, then SIGCONT. While it lasts the others go on, and finish what they are at. */
function frozen(who: Suspect['kind'] | 'all', ms: number): Disaster {
  const name = who === 'all' ? 'sleep' : `frozen-${who}`;
  return {
    name: `${name}-${ms / 1_000}s`,
    says: `SIGSTOP of ${who === 'all' ? 'all of its processes, as a laptop that sleeps' : `the ${who}`} for ${ms / 1_000} s, then SIGCONT`,
    // A tmux server continues what was stopped in its panes.
    sandbox: () => (who === 'host' ? { ...HELD_SANDBOX, without: ['tmux'] } : HELD_SANDBOX),
    async play(sandbox, told) {
      await untilAtWork(sandbox);
      const stopped = await stop(sandbox, who);
      if (who !== 'all') await releaseBoth(sandbox);
      await sleep(ms);
      const lost = who === 'daemon' || who === 'all' ? null : await countOf(sandbox, 'attempt.lost');
      if (who === 'host' && lost === 0) told.wrong('a frozen host kept its lease');
      for (const { pid } of stopped) signal(pid, 'SIGCONT');
      await releaseBoth(sandbox);
      told.note(`${await countOf(sandbox, 'attempt.lost')} attempts lost`);
    },
  };
}

/** One host or one agent, or everything of the kind. */
async function stop(sandbox: Sandbox, who: Suspect['kind'] | 'all'): Promise<readonly Suspect[]> {
  const suspects = (await suspectsOf(sandbox)).filter(({ kind }) => who === 'all' || kind === who);
  const chosen = who === 'host' || who === 'agent' ? suspects.slice(0, 1) : suspects;
  for (const { pid } of chosen) signal(pid, 'SIGSTOP');
  return chosen;
}

/** What was stopped may have been ended meanwhile. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export const FROZEN: readonly Disaster[] = [
  frozen('daemon', LONGER_THAN_A_LEASE_MS),
  frozen('daemon', LONGER_THAN_TWO_MS),
  frozen('host', LONGER_THAN_TWO_MS),
  frozen('agent', LONGER_THAN_A_LEASE_MS),
  frozen('all', LONGER_THAN_A_LEASE_MS),
  frozen('all', LONGER_THAN_TWO_MS),
];
