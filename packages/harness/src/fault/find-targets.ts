import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Target } from '../scenario/fault.ts';

/** What the command lines of Tina's processes have in them. */
const MARKS: Readonly<Record<Exclude<Target, 'everything'>, string>> = {
  daemon: 'daemon run',
  'agent-host': 'launch.json',
  agent: 'scripted-agent',
  tmux: 'tmux.sock',
};

/** The processes that a fault hits, as they are now: the oldest of the kind, or all of every kind. */
export async function findTargets(sandbox: Sandbox, target: Target): Promise<readonly number[]> {
  if (target !== 'everything') return (await sandbox.processesWith(MARKS[target])).slice(0, 1);
  const found = await Promise.all(Object.values(MARKS).map((mark) => sandbox.processesWith(mark)));
  return [...new Set(found.flat())];
}
