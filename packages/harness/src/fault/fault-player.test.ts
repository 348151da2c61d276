import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedEvents } from '../play/facts.test-support.ts';
import type { Outcome, Sandbox } from '../sandbox/sandbox.ts';
import { faults as faultsReader, type Fault } from '../scenario/fault.ts';
import { readYaml } from '../scenario/read-yaml.ts';
import { createLedger, enter } from '../watcher/ledger.ts';
import { FaultPlayer, type PlayedFault } from './fault-player.ts';

let folder: string;
/** What the player asked the sandbox for, and what its commands answer. */
let asked: string[];
let answer: Outcome;
let told: PlayedFault[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tina-faults-'));
  asked = [];
  told = [];
  answer = { code: 0, stdout: 'done', stderr: '' };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function playerOf(yaml: string): FaultPlayer {
  const { value, problems } = readYaml(yaml, faultsReader);
  expect(problems).toEqual([]);
  const note =
    <T>(name: string, result: T) =>
    (...args: readonly string[]): Promise<T> => {
      asked.push(`${name} ${args.join(' ')}`);
      return Promise.resolve(result);
    };
  const sandbox = {
    repository: folder,
    tina: (...args: readonly string[]) => note('tina', answer)(...args),
    git: note('git', ''),
    write: note('write', ''),
    release: note('release', undefined),
    json: () => Promise.resolve({ gates: [{ id: 'r1-g1' }] }),
  } as unknown as Sandbox;
  const names = { run: 'r1', feature: 'notes', design: 'docs/notes-design.md' };
  const options = { startedAt: Date.now(), onPlayed: (played: PlayedFault) => void told.push(played) };
  return new FaultPlayer(value as readonly Fault[], { sandbox, names }, options);
}

/** Shows the player a recorded run. */
function show(player: FaultPlayer, name = 'single-phase'): void {
  const ledger = createLedger('r1');
  for (const event of recordedEvents(name)) {
    enter(ledger, event);
    player.see(ledger, event);
  }
}

it('each fault is played once, when its moment has come, with names filled in', async () => {
  const player = playerOf(`
- { at: launch, do: [write: { a.txt: hello }] }
- at: { event: task.completed, nth: 2 }
  do: [tina: [retry, '{run}/finalize'], git: [stash], release: work]
- { at: { event: gate.opened }, do: [tina: [approve, '{gate}']] }
`);
  await player.launch();
  expect(asked).toEqual(['write a.txt hello']);
  show(player);
  expect(player.isBusy).toBe(true);
  await player.idle();
  show(player);
  await player.idle();
  expect(asked.slice(1)).toEqual(['tina retry r1/finalize', 'git stash', 'release work']);
  expect(player.isBusy).toBe(false);
  expect(told.map(({ text }) => text)).toEqual(['write', 'tina retry {run}/finalize', 'git', 'release']);
  expect(player.neverPlayed).toEqual(['event gate.opened']);
  show(player, 'gates');
  await player.idle();
  expect(asked.at(-1)).toBe('tina approve r1-g1');
  expect([player.neverPlayed, player.problems]).toEqual([[], []]);
});

it('a point that an agent comes to is a moment', async () => {
  const player = playerOf('- { at: { reached: work }, do: [git: [status]] }');
  player.tick();
  await player.idle();
  expect(asked).toEqual([]);
  await mkdir(join(folder, 'at'));
  await writeFile(join(folder, 'at', 'work'), '');
  player.tick();
  player.tick();
  await player.idle();
  expect(asked).toEqual(['git status']);
});

describe('a command that does otherwise than the scenario says is told', () => {
  const problemsOf = async (step: string): Promise<readonly string[]> => {
    const player = playerOf(`- { at: launch, do: [tina: ${step}] }`);
    await player.launch();
    return player.problems;
  };

  it('when it ends with another code', async () => {
    answer = { code: 1, stdout: '', stderr: 'error: no\nmore' };
    expect(await problemsOf('[pause]')).toEqual(['tina pause ended with 1, not 0: error: no']);
    expect(await problemsOf('{ args: [pause], exit: 1 }')).toEqual([]);
  });

  it('when it is refused for another reason', async () => {
    answer = { code: 1, stdout: '', stderr: '{"error":{"code":"not_paused","message":"x"}}' };
    expect(await problemsOf('{ args: [resume], error: not_paused }')).toEqual([]);
    expect(await problemsOf('{ args: [resume], error: run_ended }')).toEqual([
      'tina resume was refused with not_paused, not run_ended',
    ]);
  });

  it('when it does not say what it should, or cannot be done at all', async () => {
    answer = { code: 0, stdout: 'run r1', stderr: '' };
    expect(await problemsOf("{ args: [status], says: ['{run}'] }")).toEqual([]);
    expect(await problemsOf('{ args: [status], says: [blocked] }')).toEqual([
      'tina status did not say "blocked"',
    ]);
    const player = playerOf('- { at: launch, do: [delete: no-such-file] }');
    await player.launch();
    expect(player.problems).toEqual([expect.stringMatching(/^delete at the launch: ENOENT/)]);
  });
});
