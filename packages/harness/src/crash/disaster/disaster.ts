import type { RunView } from '@tina/contract';
import { Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { HELD_SANDBOX } from '../play-plan.ts';
import { isClean, judgeRun, NO_PROBLEM, type Verdict } from '../verdict.ts';

/** Something that befalls a run beside a crash. */
export interface Disaster {
  readonly name: string;
  /** What happens, in a line. */
  readonly says: string;
  /** Default: the run whose parallel agents wait in the middle of their work. */
  readonly sandbox?: () => SandboxOptions;
  /** Where the machine does not allow it: why not. */
  readonly impossible?: () => string | null;
  /** Lets it happen. Afterwards the run goes on to its end, helped where it says that it is blocked. */
  play(sandbox: Sandbox, told: Told): Promise<void>;
  /** What stands in the way at the end, to be taken away whatever happened. */
  readonly clear?: () => void;
}

/** What a disaster has to say beside how the run ended. */
export interface Told {
  /** For the report: what was seen, such as how long something took. */
  note(text: string): void;
  /** What should not be. */
  wrong(text: string): void;
}

export interface DisasterResult {
  readonly name: string;
  readonly says: string;
  /** Why it could not be played here; null when it was. */
  readonly skipped: string | null;
  readonly notes: readonly string[];
  readonly wrong: readonly string[];
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly kept: string | null;
}

const MAX_HELPS = 8;

export async function playDisaster(disaster: Disaster): Promise<DisasterResult> {
  const { name, says } = disaster;
  const base = { name, says, notes: [], wrong: [], verdict: NO_PROBLEM, durationMs: 0, kept: null };
  const skipped = disaster.impossible?.() ?? null;
  if (skipped !== null) return { ...base, skipped };
  const begunAt = performance.now();
  const sandbox = await Sandbox.create(disaster.sandbox?.() ?? HELD_SANDBOX);
  const notes: string[] = [];
  const wrong: string[] = [];
  const told: Told = { note: (text) => notes.push(text), wrong: (text) => wrong.push(text) };
  let verdict = NO_PROBLEM;
  try {
    await disaster.play(sandbox, told);
    await finishWithHelp(sandbox, told);
    verdict = await judgeRun(sandbox);
  } catch (error) {
    wrong.push((error as Error).stack ?? String(error));
  }
  const isWrong = wrong.length > 0 || !isClean(verdict);
  if (isWrong) await sandbox.halt();
  else await sandbox.dispose();
  disaster.clear?.();
  const durationMs = performance.now() - begunAt;
  return { ...base, skipped, notes, wrong, verdict, durationMs, kept: isWrong ? sandbox.path : null };
}

/** Waits for the end; retries what is blocked, as the run itself says to type. */
async function finishWithHelp(sandbox: Sandbox, told: Told): Promise<void> {
  for (let helps = 0; helps <= MAX_HELPS; helps += 1) {
    if ((await sandbox.wait('sample', '80s')) === 0) return;
    const { status, blocked } = await sandbox.json<RunView>('status', 'sample');
    if (status !== 'blocked') return;
    for (const { taskId, taskName, message } of blocked) {
      told.note(`${taskName} was blocked (${message.split('\n')[0]}) and retried`);
      await sandbox.tina('retry', taskId);
    }
  }
}
