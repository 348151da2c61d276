import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { completedTurn } from '../adapter/turn-outcomes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readSpool } from './read-spool.ts';
import { Spool, type KeptFrame } from './spool.ts';

const ATTEMPT = { attemptId: 'r1-a1', epoch: 3 };
const ENDED: KeptFrame = {
  kind: 'turn-ended',
  turn: 1,
  outcome: completedTurn({ report: { kind: 'work', summary: 'done' }, finalMessage: 'x', usage: null }),
};

function filled(...frames: readonly KeptFrame[]): { directory: string; spool: Spool } {
  const directory = temporaryFolder();
  const spool = new Spool(directory);
  for (const frame of frames) spool.push(frame);
  return { directory, spool };
}

it('G13 reads what was not acknowledged, in its order', async () => {
  const { directory, spool } = filled(
    { kind: 'warning', message: 'one' },
    { kind: 'warning', message: 'two' },
    ENDED,
  );
  spool.acknowledge(1);
  expect(await readSpool(directory, ATTEMPT)).toEqual({
    frames: [
      { ...ATTEMPT, sequence: 2, frame: { kind: 'warning', message: 'two' } },
      { ...ATTEMPT, sequence: 3, frame: ENDED },
    ],
    badLines: 0,
  });
  spool.acknowledge(2);
  spool.acknowledge(3);
  expect(readFileSync(join(directory, 'spool.jsonl'), 'utf8')).toBe('');
  expect((await readSpool(directory, ATTEMPT)).frames).toEqual([]);
});

it('passes over lines that were cut off, or never were frames, and counts them', async () => {
  const { directory } = filled(ENDED);
  const file = join(directory, 'spool.jsonl');
  appendFileSync(
    file,
    'null\n7\n{"sequence":2,"frame":{"kind":"explode"}}\n{"sequence":3,"frame":{"kind":"warn',
  );
  const { frames, badLines } = await readSpool(directory, ATTEMPT);
  expect(frames.map(({ sequence }) => sequence)).toEqual([1]);
  expect(badLines).toBe(4);
});

it('G10 takes attempt and epoch from the asker, whatever a line says', async () => {
  const { directory } = filled();
  const line = { sequence: 1, frame: ENDED, attemptId: 'another', epoch: 9 };
  appendFileSync(join(directory, 'spool.jsonl'), `${JSON.stringify(line)}\n`);
  expect((await readSpool(directory, ATTEMPT)).frames).toMatchObject([ATTEMPT]);
});

it('finds nothing where no host ever was', async () => {
  expect(await readSpool(temporaryFolder(), ATTEMPT)).toEqual({ frames: [], badLines: 0 });
});
