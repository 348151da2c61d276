import type { EventView } from '@tina/contract';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TINA, type Sandbox } from '../sandbox/sandbox.ts';

/** A follower that ends by itself is started again, at most this often: the daemon may be killed again and again. */
const MAX_STARTS = 5;

export interface RunFollower {
  readonly runId: string;
  /** What it said that was no event, and how it ended. */
  readonly complaints: readonly string[];
  /** Rejects never; resolves when it follows no more. */
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

/** Follows a run's events with `tina events --follow --json`, as any observer could. */
export function followRun(sandbox: Sandbox, runId: string, onEvent: (event: EventView) => void): RunFollower {
  const complaints: string[] = [];
  let last = 0;
  const state = { isStopped: false };
  let interrupt = (): void => undefined;
  const once = async (): Promise<void> => {
    const args = ['events', runId, '--follow', '--json', '--after', String(last)];
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn(TINA, args, { cwd: sandbox.repository, env: sandbox.env, stdio: [...stdio] });
    interrupt = () => void child.kill('SIGINT');
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (!state.isStopped) complaints.push(text.trimEnd());
    });
    const exited = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        complaints.push(error.message);
        resolve();
      });
      child.once('close', () => resolve());
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const event = readEvent(line);
      if (event === null) complaints.push(`not an event: ${line.slice(0, 200)}`);
      else {
        last = event.number;
        onEvent(event);
      }
    }
    await exited;
  };
  const follow = async (): Promise<void> => {
    for (let starts = 0; starts < MAX_STARTS && !state.isStopped; starts += 1) await once();
    if (!state.isStopped)
      complaints.push(`tina events ${runId} --follow ended ${MAX_STARTS} times by itself`);
  };
  return {
    runId,
    complaints,
    ended: follow(),
    stop: () => {
      state.isStopped = true;
      interrupt();
    },
  };
}

function readEvent(line: string): EventView | null {
  try {
    const value = JSON.parse(line) as EventView;
    return typeof value.type === 'string' && typeof value.number === 'number' ? value : null;
  } catch {
    return null;
  }
}
