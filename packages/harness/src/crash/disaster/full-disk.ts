import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { DebugPort } from '../debug-port.ts';
import { launch } from '../launch.ts';
import { CRASH_SANDBOX } from '../play-plan.ts';
import type { Side } from '../point.ts';
import { spread } from '../spread.ts';
import { walk } from '../walk.ts';
import type { Disaster, Told } from './disaster.ts';
import { diskProblem, fillDisk, mountDisk, type SmallDisk } from './small-disk.ts';

/** So long nothing may happen in a run before it counts as having met the full disk. */
const SILENCE_MS = 4_000;
/** So long the disk is full when it fills at a commit: longer than what the commit causes takes. */
const FULL_MS = 1_500;
const KB = 1_024;
/** A whole run writes about 7 MB: what is free at first decides which write is the first without space. */
const FREE_KB = [0, 16, 40, 80, 120, ...Array.from({ length: 38 }, (_, index) => 160 + index * 190)];

/** So much is free when the run begins. When nothing happens any more, there is room again. */
export function fullDisks(): readonly Disaster[] {
  const problem = diskProblem();
  return FREE_KB.map((free) =>
    onSmallDisk(problem, {
      name: `disk-full-${free}k`,
      says: `the disk has ${free} kB left when the run begins, and room again later`,
      async play(sandbox, told) {
        // The home is made and the daemon runs before the disk fills.
        await sandbox.tina('daemon', 'start');
        const makeRoom = fillDisk(sandbox.path, free * KB);
        const isLaunched = await tryLaunch(sandbox, told);
        if (isLaunched) told.note(`stood still at event ${await untilSilent(sandbox)}`);
        makeRoom();
        if (!isLaunched) await (await launch(sandbox)).done();
      },
    }),
  );
}

/** The disk is full from just before, or just after, the commit of each of these events. */
export async function fullDisksAtCommits(points: number | null): Promise<readonly Disaster[]> {
  const problem = diskProblem();
  const events = spread(await walk(), points).map(({ first }) => first);
  return (['before', 'after'] as const).flatMap((side) =>
    events.map((event) => fullAt(event, side, problem)),
  );
}

function fullAt(event: number, side: Exclude<Side, 'during'>, problem: string | null): Disaster {
  return onSmallDisk(problem, {
    name: `disk-full-${side}-${event}`,
    says: `the disk is full for ${FULL_MS / 1_000} s from ${side} the commit of event ${event}`,
    async play(sandbox, told) {
      const port = await DebugPort.open(sandbox);
      await port.pause({ event, when: side });
      const launched = tryLaunch(sandbox, told);
      const held = await port.untilHeld(30_000);
      if (held === null) told.note('the run did not come to that event');
      const makeRoom = fillDisk(sandbox.path, 0);
      await port.goOn();
      await sleep(FULL_MS);
      told.note(`the daemon complained ${await complaints(sandbox)} times`);
      makeRoom();
      port.close();
      if (!(await launched)) await (await launch(sandbox)).done();
    },
  });
}

/** The whole sandbox is on a small disk of its own. */
function onSmallDisk(problem: string | null, disaster: Disaster): Disaster {
  let disk: SmallDisk | null = null;
  return {
    ...disaster,
    impossible: () => problem,
    sandbox() {
      disk = mountDisk();
      return { ...CRASH_SANDBOX, ...(disk ? { parent: disk.path } : {}) };
    },
    clear: () => disk?.unmount(),
  };
}

/** Lines of the daemon's log that say that there is no space. The log is on the full disk itself: some are lost. */
async function complaints(sandbox: Sandbox): Promise<number> {
  const log = await readFile(join(sandbox.home, 'state/logs/daemon.log'), 'utf8');
  return log.split('\n').filter((line) => /ENOSPC|no space left|disk is full/i.test(line)).length;
}

/** False when the run was refused, which a full disk is a good reason for. */
async function tryLaunch(sandbox: Sandbox, told: Told): Promise<boolean> {
  try {
    await (await launch(sandbox)).done();
    return true;
  } catch (error) {
    told.note(`not launched: ${(error as Error).message.split('\n')[0]}`);
    return false;
  }
}

/** Answers with the last event that was seen. Looks at the store's clock no more often than it must. */
async function untilSilent(sandbox: Sandbox): Promise<number> {
  let last = -1;
  for (;;) {
    const { stdout } = await sandbox.tina('status', 'sample', '--json');
    const now = stdout.startsWith('{')
      ? (JSON.parse(stdout) as { readonly revision: number }).revision
      : last;
    if (now === last) return last;
    last = now;
    await sleep(SILENCE_MS);
  }
}
