import { readRecord, readSpool, renderEvent, type AgentEvent } from '@tina/agents';
import { usageOf } from '@tina/domain';
import { procedures } from '@tina/contract';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenPromise, type FuzzTarget, plainTarget, textTrial, type Verdict } from '../fuzz-target.ts';
import { mutatedText } from '../input/mutate-text.ts';
import { mutatedValue } from '../input/mutate-value.ts';
import type { Random } from '../input/random.ts';

const USAGE = usageOf({ inputTokens: 10, outputTokens: 5, costUsd: 0.1 });
const REVIEW = {
  kind: 'review',
  verdict: 'gaps',
  summary: 'No tests.',
  findings: [{ severity: 'major', message: 'no test', file: 'a.ts', line: 3 }],
  verdicts: [{ findingId: 'f1', verdict: 'open' }],
};
const FAILED = { kind: 'limit', message: 'too much', resetAt: 1_800_000_000_000 };

/** A recording of the scripted agent's protocol: one of each record. */
const RECORDS: readonly object[] = [
  { type: 'started', version: '0.1.0' },
  { type: 'text', text: 'Reading the design.' },
  { type: 'tool-started', callId: 'c1', name: 'write', summary: 'src/a.ts' },
  { type: 'tool-ended', callId: 'c1', isError: false, summary: 'written' },
  { type: 'progress', message: 'half of it' },
  { type: 'usage', usage: USAGE },
  { type: 'final', report: REVIEW, message: 'That is all.' },
  { type: 'final', message: 'VALIDATION_STATUS: Pass' },
  { type: 'final', error: FAILED },
];

const HEADER = { attemptId: 'a1', epoch: 1 };
export const FRAMES: readonly object[] = [
  { ...HEADER, sequence: 1, frame: { kind: 'heartbeat', lastProgressAt: 1 } },
  { ...HEADER, sequence: 2, frame: { kind: 'agent-started', turn: 1, agentPid: 7, agentStartTime: '12' } },
  { ...HEADER, sequence: 3, frame: { kind: 'warning', message: 'slow' } },
  ...[
    { kind: 'completed', report: REVIEW, finalMessage: '', usage: USAGE },
    { kind: 'failed', error: FAILED, usage: null },
  ].map((outcome) => ({ ...HEADER, sequence: 4, frame: { kind: 'turn-ended', turn: 1, outcome } })),
  { acknowledged: 1 },
];

/** A line of JSON that was changed as a value, as a text, or not at all. */
function line(random: Random, corpus: readonly object[]): string {
  const value = random.pick(corpus);
  if (random.oneIn(3))
    return mutatedText(random, [JSON.stringify(value)], ['{', '}', '[', ']', '"', ':', ',', 'e9']);
  return JSON.stringify(mutatedValue(random, value));
}

/** What agent programs and their hosts write, as Tina reads it. */
export const RECORD_TARGETS: readonly FuzzTarget[] = [
  plainTarget('records', 6, (random) => textTrial(line(random, RECORDS), readOne)),
  plainTarget('frames', 6, (random) => textTrial(line(random, FRAMES), readFrame)),
  { name: 'spool', share: 0.5, open: openSpool },
];

/** Whatever an agent's program writes becomes an event that can be shown, and whose outcome the daemon takes. */
function readOne(text: string): Verdict {
  const event = readRecord(text, null);
  if (typeof renderEvent(event) !== 'string') throw new BrokenPromise('an event that cannot be shown');
  if (event.kind === 'output') return 'refused';
  if (event.kind === 'turn-ended') refuseStrange(event);
  return 'accepted';
}

function refuseStrange(event: Extract<AgentEvent, { kind: 'turn-ended' }>): void {
  const frame = { kind: 'turn-ended', turn: 1, outcome: event.outcome };
  const sent: unknown = JSON.parse(JSON.stringify({ ...HEADER, sequence: 1, frame }));
  const { error } = procedures['host.frame'].input.safeParse(sent);
  if (error) throw new BrokenPromise(`the daemon would refuse the turn's end: ${error.issues[0]?.message}`);
}

function readFrame(text: string): Verdict {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'refused';
  }
  return procedures['host.frame'].input.safeParse(value).success ? 'accepted' : 'refused';
}

async function openSpool(): ReturnType<FuzzTarget['open']> {
  const folder = await mkdtemp(join(tmpdir(), 'tina-fuzz-'));
  return {
    make(random) {
      const text = Array.from({ length: 1 + random.below(6) }, () => line(random, FRAMES)).join('\n');
      const run = async (): Promise<Verdict> => {
        await writeFile(join(folder, 'spool.jsonl'), text);
        const { frames, badLines } = await readSpool(folder, HEADER);
        if (frames.some(({ attemptId, epoch }) => attemptId !== 'a1' || epoch !== 1))
          throw new BrokenPromise('a frame of another attempt');
        return badLines > 0 ? 'refused' : 'accepted';
      };
      return { size: text.length, show: () => JSON.stringify(text), run };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
