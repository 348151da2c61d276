import { type AgentEvent, openRecordReader, renderEvent } from '@tina/agents';
import { procedures } from '@tina/contract';
import { readdir, readFile } from 'node:fs/promises';
import { BrokenPromise, type FuzzTarget, type Verdict } from '../fuzz-target.ts';
import { mutatedText } from '../input/mutate-text.ts';
import { mutatedValue } from '../input/mutate-value.ts';
import type { Random } from '../input/random.ts';

type Cli = Parameters<typeof openRecordReader>[0];

/** Where the recordings of each CLI lie. */
const RECORDINGS: Readonly<Record<Cli, URL>> = {
  acp: new URL('../../../../agents/recordings/acp-copilot/', import.meta.url),
  claude: new URL('../../../../agents/recordings/claude/', import.meta.url),
  codex: new URL('../../../../agents/recordings/codex-app-server/', import.meta.url),
  opencode: new URL('../../../../agents/recordings/opencode-serve/', import.meta.url),
};

const WORDS = ['{', '}', '[', ']', '"', ':', ',', 'e9', 'null', '-1', '"result"', '"turn/completed"'];
const MOST_LINES = 12;
const CHANGED_ONE_IN = 3;

/** What agent CLIs write, as it was recorded, with records that are changed, left out, doubled and mixed. */
export const CLI_RECORD_TARGETS: readonly FuzzTarget[] = (
  ['acp', 'claude', 'codex', 'opencode'] as const
).map((cli) => ({
  name: `${cli}-records`,
  share: 3,
  open: () => open(cli),
}));

async function open(cli: Cli): ReturnType<FuzzTarget['open']> {
  const lines = await readLines(RECORDINGS[cli]);
  return {
    make(random) {
      const count = 1 + random.below(MOST_LINES);
      const stream = Array.from({ length: count }, () => changed(random, random.pick(lines)));
      const size = stream.reduce((sum, line) => sum + line.length, 0);
      return { size, show: () => JSON.stringify(stream), run: () => run(cli, stream) };
    },
    close: () => Promise.resolve(),
  };
}

async function readLines(folder: URL): Promise<readonly string[]> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

function changed(random: Random, line: string): string {
  if (!random.oneIn(CHANGED_ONE_IN)) return line;
  if (random.oneIn(2)) return mutatedText(random, [line], WORDS);
  return JSON.stringify(mutatedValue(random, JSON.parse(line) as object)) ?? 'null';
}

/** What is no JSON never comes to a reader. */
async function run(cli: Cli, stream: readonly string[]): Promise<Verdict> {
  const reader = await openRecordReader(cli);
  let verdict: Verdict = 'accepted';
  for (const line of stream) {
    const record = parse(line);
    if (record === undefined) verdict = 'refused';
    else for (const event of reader.read(record)) refuseStrange(event);
  }
  return verdict;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Every event can be shown, and the daemon takes the end of a turn. */
function refuseStrange(event: AgentEvent): void {
  if (typeof renderEvent(event) !== 'string') throw new BrokenPromise('an event that cannot be shown');
  if (event.kind === 'limit' && event.resetAt !== null && Number.isNaN(new Date(event.resetAt).getTime()))
    throw new BrokenPromise('a time that no calendar has');
  if (event.kind !== 'turn-ended') return;
  const frame = { kind: 'turn-ended', turn: 1, outcome: event.outcome };
  const sent: unknown = JSON.parse(JSON.stringify({ attemptId: 'a1', epoch: 1, sequence: 1, frame }));
  const { error } = procedures['host.frame'].input.safeParse(sent);
  if (error) throw new BrokenPromise(`the daemon would refuse the turn's end: ${error.issues[0]?.message}`);
}
