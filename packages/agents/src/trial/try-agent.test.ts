import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '@tina/contract';
import { expect, it } from 'vitest';
import { findEscaped } from '../cli/escaped-processes.ts';
import { commandAdapter } from '../command/command-adapter.ts';
import { shellAgent } from '../testing/host-case.ts';
import { makeLaunch } from '../testing/make-launch.ts';
import { runningInGroup } from '../testing/process-group.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { makeTrialRepository } from './trial-repository.ts';
import type { TrialResult, TrialStep } from './trial-step.ts';
import { tryAgent } from './try-agent.ts';

const WORK = 'echo "hello from the trial" > hello.txt';
const COMMIT = 'git add hello.txt && git commit -q -m "Say hello"';
const SAY = 'echo "phase-1-task-1 complete: said hello"';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
};

async function tried(
  agent: AgentDefinition,
  timeoutMs = 20_000,
  env: Readonly<Record<string, string>> = {},
): Promise<TrialResult & { told: readonly TrialStep[] }> {
  const folder = temporaryFolder();
  const made = makeLaunch(folder, agent);
  const launch = { ...made, env: { ...made.env, ...IDENTITY, ...env } };
  const repository = makeTrialRepository(join(folder, 'trial'), launch.env);
  const told: TrialStep[] = [];
  const result = await tryAgent({
    adapter: commandAdapter,
    launch: { ...launch, worktree: repository.worktree },
    repository,
    timeoutMs,
    signal: new AbortController().signal,
    onStep: (step) => told.push(step),
  });
  return { ...result, told };
}

const outcomes = ({ steps }: TrialResult): string[] => steps.map(({ step, outcome }) => `${step} ${outcome}`);

it('sees an agent that writes, commits and reports, and tells each step as it comes', async () => {
  const result = await tried(shellAgent([WORK, COMMIT, SAY].join(' && ')));
  expect(outcomes(result)).toEqual([
    'started seen',
    'wrote seen',
    'committed seen',
    'reported seen',
    'usage untold',
  ]);
  expect(result).toMatchObject({ isFit: true, error: null });
  expect(result.told).toEqual(result.steps);
  expect(result.steps.find(({ step }) => step === 'reported')?.found).toBe('said hello');
});

it('sees the first step before the turn is over', async () => {
  const folder = temporaryFolder();
  const mark = join(folder, 'mark');
  const seen: boolean[] = [];
  const made = makeLaunch(folder, shellAgent(`${WORK} && sleep 1 && touch ${mark} && ${COMMIT} && ${SAY}`));
  const launch = { ...made, env: { ...made.env, ...IDENTITY } };
  const repository = makeTrialRepository(join(folder, 'trial'), launch.env);
  await tryAgent({
    adapter: commandAdapter,
    launch: { ...launch, worktree: repository.worktree },
    repository,
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    onStep: ({ step }) => {
      if (step === 'wrote') seen.push(existsSync(mark));
    },
  });
  expect(seen).toEqual([false]);
});

it('says what is missing: a commit, a report', async () => {
  const idle = await tried(shellAgent('echo nothing to do'));
  expect(outcomes(idle)).toEqual([
    'started seen',
    'wrote missing',
    'committed missing',
    'reported missing',
    'usage untold',
  ]);
  expect(idle.isFit).toBe(false);
  expect(idle.steps[3]?.found).toBe('its last line was: nothing to do');
  const uncommitted = await tried(shellAgent(`${WORK} && ${SAY}`));
  expect(uncommitted.isFit).toBe(false);
  expect(uncommitted.steps[2]).toMatchObject({ outcome: 'missing', found: 'not committed: ?? hello.txt' });
});

it('gives the kind of error, and the step that was reached', async () => {
  const crashed = await tried(shellAgent(`${WORK}; echo broken >&2; exit 3`));
  expect(crashed.error).toMatchObject({ kind: 'crash', message: expect.stringContaining('broken') });
  expect(outcomes(crashed).slice(0, 3)).toEqual(['started seen', 'wrote seen', 'committed missing']);
  const absent = await tried({ kind: 'command', command: ['no-such-program'], prompt: 'stdin', env: [] });
  expect(outcomes(absent)[0]).toBe('started missing');
  expect(absent.isFit).toBe(false);
});

it('ends a turn that takes too long, with all that it started', async () => {
  const pidFile = join(temporaryFolder(), 'pid');
  const result = await tried(shellAgent(`echo $$ > ${pidFile}; sleep 60 & sleep 60`), 1_000);
  expect(result.error).toMatchObject({ kind: 'timeout' });
  const leader = Number(readFileSync(pidFile, 'utf8'));
  expect(runningInGroup(leader)).toEqual([]);
});

it('G14 leaves nothing running, also of what left its process group', async () => {
  const env = { TINA_HOME_ID: `trial-${process.pid}` };
  const start = `setsid sh -c 'echo x > started; sleep 60' & until [ -e started ]; do sleep 0.02; done`;
  await tried(shellAgent(start), 20_000, env);
  expect(findEscaped({ env: { ...env, TINA_ATTEMPT: 'r1-a1' }, spareGroup: null })).toEqual([]);
});

it('G30 tells no secret that the agent says', async () => {
  const result = await tried(shellAgent('echo "the key is $MY_API_KEY"; exit 1'), 20_000, {
    MY_API_KEY: 'a-very-secret-key',
  });
  const spoken = await tried(shellAgent('echo "the key is $MY_API_KEY"'), 20_000, {
    MY_API_KEY: 'a-very-secret-key',
  });
  expect(JSON.stringify([result, spoken])).not.toContain('a-very-secret-key');
  expect(spoken.steps[3]?.found).toContain('[MY_API_KEY]');
});
