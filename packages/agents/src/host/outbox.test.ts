import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { completedTurn } from '../adapter/turn-outcomes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { CallAnswer } from './daemon-link.ts';
import { Outbox } from './outbox.ts';
import { Spool, type SpooledFrame } from './spool.ts';
import { matching } from '../testing/matching.ts';

function makeOutbox(answer: (spooled: SpooledFrame) => CallAnswer): {
  outbox: Outbox;
  sent: SpooledFrame[];
  file: string;
} {
  const directory = temporaryFolder();
  const sent: SpooledFrame[] = [];
  const outbox = new Outbox({
    spool: new Spool(directory),
    retryMs: 10,
    send: async (spooled) => {
      sent.push(spooled);
      return await Promise.resolve(answer(spooled));
    },
    isPassing: ({ code }) => code === 'busy',
    onRefusal: () => {},
  });
  return { outbox, sent, file: join(directory, 'spool.jsonl') };
}

it('keeps frames in a file for as long as nobody has taken them', async () => {
  let answer: CallAnswer = { kind: 'lost' };
  const { outbox, sent, file } = makeOutbox(() => answer);
  outbox.push({ kind: 'warning', message: 'one' });
  outbox.push({ kind: 'warning', message: 'two' });
  await vi.waitUntil(() => sent.length > 0);
  const kept = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SpooledFrame);
  expect(kept).toEqual([
    { sequence: 1, frame: { kind: 'warning', message: 'one' } },
    { sequence: 2, frame: { kind: 'warning', message: 'two' } },
  ]);
  answer = { kind: 'done' };
  await vi.waitUntil(() => {
    outbox.flush();
    return readFileSync(file, 'utf8') === '';
  });
  expect(sent.map(({ sequence }) => sequence)).toEqual([1, 1, 2]);
});

it('drops a warning that the daemon cannot read', async () => {
  const error = { code: 'bad_input', message: 'no', place: null, details: [], next: [] };
  const { outbox, sent, file } = makeOutbox(() => ({ kind: 'refused', error }));
  outbox.push({ kind: 'warning', message: 'one' });
  await vi.waitUntil(() => readFileSync(file, 'utf8') === '');
  expect(sent).toHaveLength(1);
});

it('says of an outcome that is larger than a line may be that it is', async () => {
  const { outbox, sent } = makeOutbox(() => ({ kind: 'done' }));
  const report = { kind: 'plan', markdown: '\u0000'.repeat(1_500_000) } as const;
  outbox.push({
    kind: 'turn-ended',
    turn: 1,
    outcome: completedTurn({ report, finalMessage: '', usage: null }),
  });
  await vi.waitUntil(() => sent.length > 0);
  expect(sent[0]?.frame).toMatchObject({
    turn: 1,
    outcome: { kind: 'failed', error: { kind: 'bad_output', message: matching(/too large/) } },
  });
});

it('tries a frame less and less often that is refused for a passing reason, and others after it in their order', async () => {
  const busy = { code: 'busy', message: 'later', place: null, details: [], next: [] };
  const times: number[] = [];
  const { outbox, sent, file } = makeOutbox(() => {
    times.push(performance.now());
    return times.length <= 4 ? { kind: 'refused', error: busy } : { kind: 'done' };
  });
  outbox.push({ kind: 'warning', message: 'one' });
  outbox.push({ kind: 'warning', message: 'two' });
  await vi.waitUntil(() => readFileSync(file, 'utf8') === '');
  expect(sent.map(({ sequence }) => sequence)).toEqual([1, 1, 1, 1, 1, 2]);
  // 10, 20, 40 and 80 ms; a timer may be a millisecond early.
  expect(Number(times[4]) - Number(times[3])).toBeGreaterThan(70);
  // Success makes it begin anew.
  expect(Number(times[5]) - Number(times[4])).toBeLessThan(70);
});

it('waits no longer when the connection is a new one, and not at all once it is closed', async () => {
  const busy = { code: 'busy', message: 'later', place: null, details: [], next: [] };
  const { outbox, sent } = makeOutbox(() => ({ kind: 'refused', error: busy }));
  outbox.push({ kind: 'warning', message: 'one' });
  await vi.waitUntil(() => sent.length >= 3);
  outbox.close();
  const before = sent.length;
  outbox.flushNow();
  expect(sent).toHaveLength(before + 1);
  outbox.close();
});
