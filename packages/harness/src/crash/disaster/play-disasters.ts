import { BY_HAND } from './by-hand.ts';
import { CLOCK } from './clock.ts';
import { type Disaster, type DisasterResult, playDisaster } from './disaster.ts';
import { FROZEN } from './frozen.ts';
import { fullDisks, fullDisksAtCommits } from './full-disk.ts';

type Make = (points: number | null) => readonly Disaster[] | Promise<readonly Disaster[]>;

const KINDS: Readonly<Record<string, Make>> = {
  frozen: () => FROZEN,
  clock: () => CLOCK,
  'by-hand': () => BY_HAND,
  disk: fullDisks,
  'disk-at-commits': fullDisksAtCommits,
};

export const DISASTER_KINDS: readonly string[] = Object.keys(KINDS);

/** Plays disasters of these kinds, or those of these names, several at a time; of those at commits so many, or all. */
export async function playDisasters(
  wanted: readonly string[],
  { parallel, points }: { readonly parallel: number; readonly points: number | null },
  onPlayed: (result: DisasterResult) => void,
): Promise<readonly DisasterResult[]> {
  const queue = await choose(wanted, points);
  if (queue.length === 0) throw new RangeError(`There is no disaster ${wanted.join(', ')}.`);
  const results: DisasterResult[] = [];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = await playDisaster(next);
      results.push(result);
      onPlayed(result);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return results;
}

async function choose(wanted: readonly string[], points: number | null): Promise<Disaster[]> {
  const hasNames = wanted.some((name) => name !== 'all' && !DISASTER_KINDS.includes(name));
  const chosen: Disaster[] = [];
  for (const [kind, make] of Object.entries(KINDS)) {
    const isKind = wanted.includes('all') || wanted.includes(kind);
    if (!isKind && !hasNames) continue;
    const found = await make(points);
    chosen.push(...found.filter(({ name }) => isKind || wanted.includes(name)));
  }
  return chosen;
}

/** A line for what came of one; more where something was wrong. */
export function disasterText(result: DisasterResult): string {
  const { name, says, skipped, notes, wrong, verdict, durationMs, kept } = result;
  if (skipped !== null) return `skipped  ${name}: ${skipped}\n`;
  const problems = Object.entries(verdict).flatMap(([kind, found]: [string, readonly string[]]) =>
    found.map((problem) => `    ${kind}: ${problem}`),
  );
  const state = kept === null ? 'ok     ' : 'FAILED ';
  return [
    `${state}  ${name} (${(durationMs / 1_000).toFixed(1)} s): ${says}`,
    ...notes.map((note) => `    ${note}`),
    ...wrong.map((one) => `    wrong: ${one}`),
    ...problems,
    ...(kept === null ? [] : [`    kept: ${kept}`, `    again: npm run crashes -- --disasters ${name}`]),
    '',
  ].join('\n');
}
