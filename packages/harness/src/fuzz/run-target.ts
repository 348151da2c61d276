import { BrokenPromise, type FuzzTarget, type OpenTarget, type Trial } from './fuzz-target.ts';
import { Random } from './input/random.ts';

/** No input may take longer, however it is made. */
const LIMIT_MS = 100;
/** Up to this size; of a longer text each further piece of it may take as long again. */
const LIMIT_SIZE = 16_384;
/** A slow one is tried again: the machine may have had other things to do. */
const TRIES = 8;

export interface Finding {
  readonly target: string;
  readonly kind: 'crash' | 'broken promise' | 'slow' | 'hang';
  readonly seed: number;
  readonly message: string;
  /** The input, when it is known. */
  readonly input: string;
}

export interface TargetResult {
  readonly target: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  /** Of all inputs, and of those up to 16 KiB. */
  readonly slowestMs: number;
  readonly slowestShortMs: number;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
}

export interface RunOptions {
  readonly inputs: number;
  /** The seed of the first input; the next has the next one, so that each can be made alone. */
  readonly seed: number;
  /** A target is left after so many findings. */
  readonly maxFindings?: number;
  /** Told of each input before it is tried. */
  readonly onInput?: (seed: number) => void;
}

/** Tries a target with many inputs, one after the other. */
export async function runTarget(target: FuzzTarget, options: RunOptions): Promise<TargetResult> {
  const { inputs, seed, maxFindings = 5, onInput = () => {} } = options;
  const open = await target.open();
  const counts = { accepted: 0, refused: 0 };
  const findings: Finding[] = [];
  const slowest = { any: 0, short: 0 };
  const began = performance.now();
  let tried = 0;
  try {
    for (; tried < inputs && findings.length < maxFindings; tried += 1) {
      onInput(seed + tried);
      const trial = open.make(new Random(seed + tried));
      const result = await tryOnce(trial);
      const place = { target: target.name, seed: seed + tried, input: trial.show };
      if ('error' in result) {
        findings.push({ ...place, ...describe(result.error), input: trial.show() });
        continue;
      }
      counts[result.verdict] += 1;
      const ms = await fairTime(open, trial, seed + tried, result.ms);
      slowest.any = Math.max(slowest.any, ms);
      if (trial.size <= LIMIT_SIZE) slowest.short = Math.max(slowest.short, ms);
      if (ms <= limitOf(trial)) continue;
      const message = `it took ${Math.round(ms)} ms for ${trial.size} characters`;
      findings.push({ ...place, kind: 'slow', message, input: trial.show() });
    }
  } finally {
    await open.close();
  }
  const durationMs = performance.now() - began;
  const times = { slowestMs: slowest.any, slowestShortMs: slowest.short, durationMs };
  return { target: target.name, inputs: tried, ...counts, ...times, findings };
}

function limitOf({ size }: Trial): number {
  return LIMIT_MS * Math.max(1, size / LIMIT_SIZE);
}

type Result = { readonly verdict: 'accepted' | 'refused'; readonly ms: number } | { readonly error: unknown };

async function tryOnce(trial: Trial): Promise<Result> {
  const began = performance.now();
  const before = process.threadCpuUsage();
  try {
    const given = trial.run();
    const verdict = given instanceof Promise ? await given : given;
    const wallMs = performance.now() - began;
    // What other processes took is not the reader's.
    const { user, system } = process.threadCpuUsage(before);
    return { verdict, ms: Math.min(wallMs, (user + system) / 1_000) };
  } catch (error) {
    return { error };
  }
}

/** The shortest of several times, when the first was too long. */
async function fairTime(open: OpenTarget, trial: Trial, seed: number, firstMs: number): Promise<number> {
  let shortest = firstMs;
  for (let count = 1; count < TRIES && shortest > limitOf(trial); count += 1) {
    const again = await tryOnce(open.make(new Random(seed)));
    if ('ms' in again) shortest = Math.min(shortest, again.ms);
  }
  return shortest;
}

function describe(error: unknown): { readonly kind: Finding['kind']; readonly message: string } {
  if (error instanceof BrokenPromise) return { kind: 'broken promise', message: error.message };
  return { kind: 'crash', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
