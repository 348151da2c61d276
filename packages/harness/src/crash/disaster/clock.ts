import { setTimeout as sleep } from 'node:timers/promises';
import { DebugPort } from '../debug-port.ts';
import { countOf, releaseBoth, untilAtWork } from './at-work.ts';
import type { Disaster } from './disaster.ts';

const HOUR_MS = 3_600_000;
/** Longer than a lease: whoever would lose it by the jump has lost it then. */
const WATCHED_MS = 17_000;

/** The clock of the store jumps while agents are at work, and jumps back later. */
function jump(name: string, offsetMs: number): Disaster {
  return {
    name,
    says: `the clock jumps ${offsetMs > 0 ? 'an hour ahead' : 'an hour back'} while agents are at work, and later back`,
    async play(sandbox, told) {
      const port = await DebugPort.open(sandbox);
      await untilAtWork(sandbox);
      await port.client.call('debug.clock', { offsetMs });
      await sleep(WATCHED_MS);
      const lost = await countOf(sandbox, 'attempt.lost');
      told.note(`${lost} attempts lost`);
      if (lost > 0) told.wrong('agents at work lost their leases by a jump of the clock');
      await sandbox.release('one');
      await port.client.call('debug.clock', { offsetMs: 0 });
      port.close();
      await releaseBoth(sandbox);
    },
  };
}

export const CLOCK: readonly Disaster[] = [jump('clock-ahead', HOUR_MS), jump('clock-back', -HOUR_MS)];
