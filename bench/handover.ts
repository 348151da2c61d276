import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { designOf, entry, planOf, play, Sandbox, scriptOf } from '@tina/harness';
import { median, ms, quantile, row } from './statistics.ts';

const PHASES = 4;
const TASKS = 6;

interface TranscriptLine {
  readonly at: number;
  readonly event?: { readonly kind: string };
}

/** From an agent's report to the start of the next agent's process, one agent at a time. */
export async function benchHandover(): Promise<void> {
  const tasks = Array.from(
    { length: TASKS },
    (_, index) => `{ title: task ${index + 1}, files: ["{phase}-${index + 1}.txt"] }`,
  );
  const sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: planner', planOf(...tasks)),
      entry(
        'role: implementer',
        'write: { path: "{phase}-{task}.txt", content: done }',
        'commit: Write a file',
        'report: done',
      ),
    ),
    config: 'limits: { parallelAgents: 1 }\n',
  });
  try {
    const { code } = await play(sandbox, designOf(...Array.from({ length: PHASES }, () => 'Phase')));
    if (code !== 0) throw new Error('the run did not end well');
    const times = await handovers(join(sandbox.home, 'state', 'attempts'));
    row('report to next agent', 'median', 'p90', 'handovers');
    row('one agent after the other', ms(median(times)), ms(quantile(times, 0.9)), String(times.length));
  } finally {
    await sandbox.dispose();
  }
}

async function handovers(attempts: string): Promise<readonly number[]> {
  const spans = await Promise.all(
    (await readdir(attempts)).map(async (attempt) => {
      const text = await readFile(join(attempts, attempt, 'transcript.jsonl'), 'utf8');
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as TranscriptLine);
      const began = lines.find((line) => line.event?.kind === 'process-started')?.at ?? 0;
      const reported = lines.findLast((line) => line.event?.kind === 'turn-ended')?.at ?? 0;
      return { began, reported };
    }),
  );
  const ordered = spans.toSorted((a, b) => a.began - b.began);
  return ordered.slice(1).map((span, index) => span.began - (ordered[index]?.reported ?? 0));
}
