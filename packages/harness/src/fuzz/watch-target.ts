import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding, TargetResult } from './run-target.ts';
import type { FuzzTask } from './worker.ts';

/** An input that is under way for so long will not end. */
const HANG_MS = 60_000;
const LOOK_MS = 500;
/** Of what a process that died wrote, so much is shown. */
const SHOWN_ERRORS = 3_000;

export interface WatchOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Told now and then how many inputs were begun. */
  readonly onProgress: (inputs: number) => void;
}

/**
 * Runs a target in a process of its own: one that hangs can be ended from outside only, and what is thrown in a listener
 * ends a process.
 */
export async function watchTarget(target: string, options: WatchOptions): Promise<TargetResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tina-fuzz-'));
  try {
    return await watch(target, options, join(folder, 'progress'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function watch(
  target: string,
  { inputs, seed, onProgress }: WatchOptions,
  file: string,
): Promise<TargetResult> {
  const task: FuzzTask = { target, inputs, seed, progressFile: file };
  const program = fileURLToPath(new URL('worker.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const began = performance.now();
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-SHOWN_ERRORS);
  });
  return new Promise((resolve) => {
    let result: TargetResult | null = null;
    let isHanging = false;
    let seen = { begun: 0, at: began };
    const look = setInterval(() => {
      const { begun } = progressIn(file);
      onProgress(begun);
      if (begun !== seen.begun) seen = { begun, at: performance.now() };
      else if (result === null && performance.now() - seen.at > HANG_MS) isHanging = child.kill('SIGKILL');
    }, LOOK_MS);
    child.once('message', (message) => {
      result = message as TargetResult;
    });
    child.once('close', () => {
      clearInterval(look);
      const kind = isHanging ? 'hang' : 'crash';
      const message = isHanging ? `it did not end within ${HANG_MS / 1_000} s` : errors;
      resolve(result ?? ended({ target, kind, message, ...progressIn(file) }, performance.now() - began));
    });
  });
}

/** What is known of a process that did not come to its end. */
function ended(
  finding: Omit<Finding, 'input'> & { readonly begun: number },
  durationMs: number,
): TargetResult {
  const { begun, ...rest } = finding;
  return {
    target: rest.target,
    inputs: begun,
    accepted: 0,
    refused: 0,
    slowestMs: 0,
    slowestShortMs: 0,
    durationMs,
    findings: [{ ...rest, input: 'its seed makes it again' }],
  };
}

function progressIn(file: string): { readonly begun: number; readonly seed: number } {
  try {
    const [begun = 0, seed = 0] = new Float64Array(new Uint8Array(readFileSync(file)).buffer);
    return { begun, seed };
  } catch {
    return { begun: 0, seed: 0 };
  }
}
