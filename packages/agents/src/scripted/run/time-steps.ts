import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StepOf } from '../script/steps.ts';
import { StepFailure, type Stage } from './stage.ts';
import { expand } from './variables.ts';

/** How often a file is looked for: soon enough for a test, rarely enough to cost nothing. */
const POLL_MS = 10;
const DEFAULT_WAIT_MS = 60_000;
/** Longer than any timer of Node may run; renewed for ever. */
const A_LONG_TIME_MS = 1_000_000_000;

export async function sleepStep(step: StepOf<'sleep'>): Promise<void> {
  await sleep(step.for);
}

export async function waitForStep(step: StepOf<'wait-for'>, stage: Stage): Promise<void> {
  const file = resolve(stage.scriptDirectory, await expand(step.file, stage));
  const timeoutMs = step.timeout ?? DEFAULT_WAIT_MS;
  const end = performance.now() + timeoutMs;
  while (!existsSync(file)) {
    if (performance.now() >= end)
      throw new StepFailure(`wait-for: ${file} did not appear within ${timeoutMs} ms`);
    await sleep(POLL_MS);
  }
}

export async function touchStep(step: StepOf<'touch'>, stage: Stage): Promise<void> {
  const file = resolve(stage.scriptDirectory, await expand(step.file, stage));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '', { flag: 'a' });
}

/** Silent for ever after its last word, also when stdin ends. */
export async function hangStep(step: StepOf<'hang'>, stage: Stage): Promise<never> {
  if (step.ignoreSigterm === true) stage.ignoreSigterm();
  await stage.emit({ type: 'text', text: 'hangs\n' });
  for (;;) await sleep(A_LONG_TIME_MS);
}
