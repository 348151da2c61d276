import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { designOf, entry, planOf, play, Sandbox, scriptOf, TINA } from '@tina/harness';
import { median, ms, quantile, row } from './statistics.ts';

const PHASES = 4;
const TASKS = 6;

interface TranscriptLine {
  readonly at: number;
  readonly event?: { readonly kind: string };
}

/** From an agent's report to the start of the next agent's process, one agent at a time, beside starting both by hand. */
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
    const byHand = await startsByHand(times.length);
    const [tina, bare] = [median(times), median(byHand)];
    row('report to next agent, median', 'Tina', 'by hand', 'difference', 'ratio');
    row(
      `one after the other, ${times.length} times`,
      ms(tina),
      ms(bare),
      ms(tina - bare),
      (tina / bare).toFixed(2),
    );
    row('the slowest tenth from', ms(quantile(times, 0.9)), ms(quantile(byHand, 0.9)));
  } finally {
    await sandbox.dispose();
  }
}

/**
 * What starting the processes costs that Tina starts as well: the agent host's, which loads all of its program and then finds
 * nothing to do, and after it one for the agent, until the system has made it.
 */
async function startsByHand(times: number): Promise<readonly number[]> {
  const host = join(dirname(TINA), '../dist/agent-host.mjs');
  const agent = join(dirname(TINA), '../dist/scripted-agent.mjs');
  const spans: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const began = performance.now();
    await once(spawn(process.execPath, [host], { stdio: 'ignore' }), 'exit');
    const child = spawn(process.execPath, [agent], { stdio: 'ignore' });
    await once(child, 'spawn');
    spans.push(performance.now() - began);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return spans;
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
