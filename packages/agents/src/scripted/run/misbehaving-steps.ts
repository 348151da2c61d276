import { spawn } from 'node:child_process';
import type { StepOf } from '../script/steps.ts';
import type { Stage, StepOutcome } from './stage.ts';
import { expand } from './variables.ts';

const DEFAULT_GARBAGE_BYTES = 4096;
const PIECE_BYTES = 64 * 1024;

/** Beginnings of records, and JSON that is no record: what a broken protocol looks like. */
const ALMOST_RECORDS = '{"type":"final","rep\n{"type":"unknown"}\nnull\n[]\n{}\n';

export async function crashStep(step: StepOf<'crash'>, stage: Stage): Promise<StepOutcome> {
  if (step.stderr !== null) stage.writeError(await expand(step.stderr, stage));
  if (step.signal !== null) return { kind: 'die', signal: step.signal };
  return { kind: 'exit', exitCode: step.exitCode ?? 1 };
}

/** Bytes that look random and are the same each time. On lines of their own, so that the protocol can go on. */
export async function garbageStep(step: StepOf<'garbage'>, stage: Stage): Promise<void> {
  let left = step.bytes ?? DEFAULT_GARBAGE_BYTES;
  let state = 1;
  await stage.writeRaw(Buffer.from(ALMOST_RECORDS));
  while (left > 0) {
    const piece = Buffer.alloc(Math.min(left, PIECE_BYTES));
    for (let index = 0; index < piece.length; index += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      piece[index] = state >>> 16;
    }
    await stage.writeRaw(piece);
    left -= piece.length;
  }
  await stage.writeRaw(Buffer.from('\n'));
}

export async function floodStep(step: StepOf<'stdout-flood'>, stage: Stage): Promise<void> {
  const megabyte = Buffer.from(`${'a flood of words '.repeat(64).slice(0, 1023)}\n`.repeat(1024));
  for (let count = 0; count < step.megabytes; count += 1) {
    await stage.writeRaw(megabyte);
  }
}

/** Detached, it leaves the agent's group and session, as a daemon does. */
export async function spawnStep(step: StepOf<'spawn'>, stage: Stage): Promise<void> {
  const child = spawn('sh', ['-c', await expand(step.command, stage)], {
    cwd: stage.worktree,
    env: { ...stage.env },
    stdio: 'ignore',
    detached: step.detached === true,
  });
  child.on('error', () => {});
  child.unref();
}
