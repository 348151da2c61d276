import { adapterFor, type AgentEvent, type AgentLaunch, renderEvent } from '@tina/agents';
import { type CommandAgentDefinition, procedures } from '@tina/contract';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenPromise, type FuzzTarget, type Verdict } from '../fuzz-target.ts';
import { mutatedText } from '../input/mutate-text.ts';
import type { Random } from '../input/random.ts';
import { MESSAGE_WORDS, MESSAGES } from './corpus.ts';

/** What a program that Tina knows nothing of writes to its two outputs, through the adapter and a real process. */
export const STREAM_TARGET: FuzzTarget = { name: 'streams', share: 0.05, open: openStreams };

/** Writes what two files hold, and ends as its last argument says. */
const COMMAND = ['sh', '-c', 'cat "$0"; cat "$1" >&2; exit "$2"'];
/** A long output goes through every limit on what is kept. */
const LONG_ONE_IN = 40;
const LONG_TIMES = 60;

interface Streams {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;
}

async function openStreams(): ReturnType<FuzzTarget['open']> {
  const folder = await mkdtemp(join(tmpdir(), 'tina-fuzz-'));
  return {
    make(random) {
      const streams = { stdout: output(random), stderr: output(random), exitCode: random.oneIn(3) ? 1 : 0 };
      const show = (): string => JSON.stringify({ ...streams, ...textsOf(streams) });
      return { size: streams.stdout.length + streams.stderr.length, show, run: () => run(folder, streams) };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Bytes: characters are cut, and some are none. */
function output(random: Random): Buffer {
  const text = mutatedText(random, MESSAGES, MESSAGE_WORDS);
  const bytes = Buffer.from(random.oneIn(LONG_ONE_IN) ? text.repeat(LONG_TIMES) : text);
  for (let count = random.below(3); count > 0 && bytes.length > 0; count -= 1)
    bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function textsOf({ stdout, stderr }: Streams): object {
  return { stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}

async function run(folder: string, { stdout, stderr, exitCode }: Streams): Promise<Verdict> {
  const [out, errors] = [join(folder, 'stdout'), join(folder, 'stderr')];
  await Promise.all([writeFile(out, stdout), writeFile(errors, stderr)]);
  const agent = {
    kind: 'command',
    command: [...COMMAND, out, errors, String(exitCode)],
    prompt: 'stdin',
  } as const;
  const launch = { agent, worktree: folder, role: 'implementer', model: null };
  const adapter = await adapterFor('command');
  const session = adapter.begin(launch as unknown as AgentLaunch<CommandAgentDefinition>, {
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    outDirectory: folder,
    writable: [folder],
    sandbox: null,
    secrets: [],
  });
  session.beginTurn({ turn: 1, message: '', messageFile: out });
  for await (const event of session.events) {
    if (typeof renderEvent(event) !== 'string') throw new BrokenPromise('an event that cannot be shown');
    if (event.kind !== 'turn-ended') continue;
    refuseStrange(event, exitCode);
    await session.end({ graceMs: 0 });
  }
  return exitCode === 0 ? 'accepted' : 'refused';
}

/** The daemon takes the end of the turn, and of a program that failed it is a failure (G05). */
function refuseStrange({ outcome }: Extract<AgentEvent, { kind: 'turn-ended' }>, exitCode: number): void {
  if ((outcome.kind === 'completed') !== (exitCode === 0))
    throw new BrokenPromise(`the program ended with ${exitCode}, and its turn is ${outcome.kind}`);
  const frame = { kind: 'turn-ended', turn: 1, outcome };
  const sent: unknown = JSON.parse(JSON.stringify({ attemptId: 'a1', epoch: 1, sequence: 1, frame }));
  const { error } = procedures['host.frame'].input.safeParse(sent);
  if (error) throw new BrokenPromise(`the daemon would refuse the turn's end: ${error.issues[0]?.message}`);
}
