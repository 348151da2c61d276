import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunView } from '@tina/contract';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { DebugPort } from '../debug-port.ts';
import { launch } from '../launch.ts';
import { CRASH_SANDBOX } from '../play-plan.ts';
import { eventsNow, releaseBoth, untilAtRest, untilAtWork } from './at-work.ts';
import type { Disaster, Told } from './disaster.ts';

/** A run that is claimed to be done with this file missing from the base would be a lie. */
async function expectBlocked(sandbox: Sandbox, told: Told, word: RegExp): Promise<RunView> {
  const run = await untilAtRest(sandbox);
  if (run.status !== 'blocked') told.wrong(`the run is ${run.status}, not blocked`);
  const [block] = run.blocked;
  told.note(`blocked: ${block?.taskName}: ${block?.message.split('\n')[0]}`);
  if (!word.test(JSON.stringify(run.blocked))) told.wrong(`the reason does not say ${word.source}`);
  return run;
}

const objectMissing: Disaster = {
  name: 'object-missing',
  says: "the git object of a task's commit is gone when it is to be merged, and comes back later",
  sandbox: () => CRASH_SANDBOX,
  async play(sandbox, told) {
    const port = await DebugPort.open(sandbox);
    const commit = await holdFirst(sandbox, port, 'merge.requested', 'commit');
    const path = join(sandbox.repository, '.git/objects', commit.slice(0, 2), commit.slice(2));
    await rename(path, `${path}.away`);
    await port.goOn();
    port.close();
    await expectBlocked(sandbox, told, /object|commit/i);
    await rename(`${path}.away`, path);
  },
};

/** Steps on from event to event until one of the type is held after its commit, and answers with a field of its data. */
async function holdFirst(sandbox: Sandbox, port: DebugPort, type: string, field: string): Promise<string> {
  await port.pause({ event: 1, when: 'after' });
  await launch(sandbox);
  for (;;) {
    const held = await port.untilHeld(30_000);
    if (held === null) throw new Error(`the run came to its end without ${type}`);
    if (held.events.some((event) => event.type === type)) {
      const events = await eventsNow(sandbox);
      return String(events.findLast((event) => event.type === type)?.data[field]);
    }
    await port.pause({ run: held.run, event: (held.events.at(-1)?.number ?? 0) + 1, when: 'after' });
    await port.goOn();
  }
}

const worktreeDeleted: Disaster = {
  name: 'worktree-deleted',
  says: 'the worktrees of two agents at work are deleted by hand',
  async play(sandbox, told) {
    await untilAtWork(sandbox);
    const folder = join(sandbox.home, 'state/worktrees');
    for (const run of await readdir(folder)) await rm(join(folder, run), { recursive: true });
    await releaseBoth(sandbox);
    const run = await untilAtRest(sandbox);
    told.note(`the run is ${run.status} by itself`);
  },
};

const branchMoved: Disaster = {
  name: 'branch-moved',
  says: "the run's branch is put back to where it began, by hand, after a task was merged",
  async play(sandbox, told) {
    await untilAtWork(sandbox);
    const begun = await sandbox.git('rev-parse', 'main');
    await sandbox.release('two');
    await untilMerged(sandbox);
    const tip = await sandbox.git('rev-parse', 'tina/sample');
    await sandbox.git('update-ref', 'refs/heads/tina/sample', begun);
    await releaseBoth(sandbox);
    await expectBlocked(sandbox, told, /branch|tina\/sample/);
    await sandbox.git('update-ref', 'refs/heads/tina/sample', tip);
  },
};

const branchDeleted: Disaster = {
  name: 'branch-deleted',
  says: "the run's branch is deleted by hand after a task was merged",
  async play(sandbox, told) {
    await untilAtWork(sandbox);
    await sandbox.release('two');
    await untilMerged(sandbox);
    const tip = await sandbox.git('rev-parse', 'tina/sample');
    await sandbox.git('update-ref', '-d', 'refs/heads/tina/sample');
    await releaseBoth(sandbox);
    await expectBlocked(sandbox, told, /branch|tina\/sample/);
    await sandbox.git('update-ref', 'refs/heads/tina/sample', tip);
  },
};

async function untilMerged(sandbox: Sandbox): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1)
    if ((await eventsNow(sandbox)).some(({ type }) => type === 'merge.completed')) return;
  throw new Error('nothing was merged');
}

const socketDeleted: Disaster = {
  name: 'socket-deleted',
  says: "the daemon's socket is deleted while it runs; the next command must reach it, or another one",
  async play(sandbox, told) {
    await untilAtWork(sandbox);
    await rm(join(sandbox.home, 'state/daemon.sock'));
    const begunAt = performance.now();
    const { code, stderr } = await sandbox.tina('status', 'sample', '--json');
    const seconds = ((performance.now() - begunAt) / 1_000).toFixed(1);
    told.note(`the next command ended with ${code} after ${seconds} s`);
    if (code !== 0) told.wrong(`tina status ended with ${code}: ${stderr}`);
    await releaseBoth(sandbox);
  },
};

export const BY_HAND: readonly Disaster[] = [
  objectMissing,
  worktreeDeleted,
  branchMoved,
  branchDeleted,
  socketDeleted,
];
