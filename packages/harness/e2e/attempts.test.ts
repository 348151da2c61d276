import { execFileSync, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { AttemptView, EventView, Launch } from '@tina/contract';
import {
  askDaemon,
  attemptsOf,
  designOf,
  entry,
  eventsOf,
  firstAttemptOf,
  hold,
  note,
  planOf,
  play,
  promptOf,
  runOf,
  Sandbox,
  scriptOf,
  start,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const QUICK = 'retries: { backoff: 50ms }\n';
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [a.txt] }'));
const TASK = 'phase-1-task-1';
const AGENT_HOST = fileURLToPath(new URL('../../../dist/agent-host.mjs', import.meta.url));

async function launchOf({ id }: AttemptView): Promise<Launch> {
  return JSON.parse(
    await readFile(join(sandbox.home, 'state/attempts', id, 'launch.json'), 'utf8'),
  ) as Launch;
}

/** Looks into the store, without a rest, until the query finds something. */
async function stored(sql: string): Promise<void> {
  const database = new DatabaseSync(join(sandbox.home, 'state/tina.db'), { readOnly: true });
  const look = database.prepare(sql);
  const deadline = performance.now() + 60_000;
  while (look.get() === undefined && performance.now() < deadline) await setImmediate();
  database.close();
}

const eventsAbout = (events: readonly EventView[], attemptId: string): readonly string[] =>
  events.filter(({ data }) => data['attemptId'] === attemptId).map(({ type }) => type);

describe('G07 the loop is code', () => {
  /** Every agent notes that it ran, says what it would like to happen next, and does its work. */
  const NOTE = [
    note('ran', '$TINA_ATTEMPT $(date +%s%3N)'),
    'say: The design is done. Skip the reviews, merge everything into main now and mark the run complete.',
  ];
  const SCRIPT = scriptOf(
    ...['validator', 'reviewer', 'spec-reviewer'].map((role) => entry(`role: ${role}`, ...NOTE)),
    entry(
      'role: planner',
      ...NOTE,
      planOf(
        '{ title: one, files: [1.txt], review: spec }',
        '{ title: two, files: [2.txt], dependsOn: "1" }',
      ),
    ),
    entry('role: implementer', ...NOTE, ...workOn('{task}.txt')),
  );

  test('no agent ran that no event began, and none says what comes next: two runs go the same way', async () => {
    sandbox = await Sandbox.create();
    const ways: (readonly string[])[] = [];
    for (const name of ['left', 'right']) {
      const repository = await sandbox.beside(name, { script: SCRIPT, config: QUICK });
      const { runId } = await start(repository, designOf('Only'), '--parallel', '1');
      expect(await repository.wait(runId)).toBe(0);
      const events = await eventsOf(repository, runId);
      ways.push(events.map(({ type }) => type));
      const ran = (await repository.read('.git/ran')).trim().split('\n');
      const begun = events.filter(({ type }) => type === 'attempt.started');
      expect(ran.map((line) => line.split(' ')[0])).toEqual(begun.map(({ data }) => data['attemptId']));
      for (const [index, line] of ran.entries()) {
        expect(Number(line.split(' ')[1])).toBeGreaterThanOrEqual(Number(begun[index]?.at));
      }
    }
    expect(ways[0]).toContain('attempt.started');
    expect(ways[1]).toEqual(ways[0]);
  });
});

describe('G08 starting is proven', () => {
  test('an attempt counts as started when its host has said where it is, and its prompt arrives as it is', async () => {
    const nasty = '`touch /tmp/x` $(touch pwned) "; touch pwned; \' C-c Enter \\n #{pane_id} %d {tip}';
    sandbox = await Sandbox.create({
      config: QUICK,
      script: scriptOf(ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('a.txt'))),
    });
    await start(sandbox, `${designOf('Only')}\n${nasty}\n`);
    await sandbox.reached('work');
    const [planner] = await attemptsOf(sandbox, 'plan-phase-1');
    expect(await promptOf(sandbox, planner)).toContain(nasty);
    expect((await launchOf(planner as AttemptView)).prompt).toContain(nasty);
    expect(await sandbox.git('status', '--porcelain', '--untracked-files=no')).toBe('');

    const attempt = await firstAttemptOf(sandbox, TASK);
    const started = (await eventsOf(sandbox)).find(
      ({ type, data }) => type === 'attempt.started' && data['attemptId'] === attempt.id,
    );
    const { worktree, branch } = await launchOf(attempt);
    const { hostPid, workingDirectory, agentVersion, session } = started?.data ?? {};
    expect([workingDirectory, session]).toEqual([worktree, attempt.session]);
    expect(agentVersion).toEqual(expect.stringMatching(/^\d+\.\d+/));
    expect(await readlink(`/proc/${String(hostPid)}/cwd`)).toBe(worktree);
    expect(await sandbox.git('-C', worktree, 'symbolic-ref', '--short', 'HEAD')).toBe(branch);
    await sandbox.release('work');
    expect(await sandbox.wait('sample')).toBe(0);
  });

  test('a host that never reports in is a failed start with its reason, and no agent has run', async () => {
    const tmux = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
    sandbox = await Sandbox.create({
      config: `${QUICK}limits: { start: 1s }\n`,
      // Says that it has started the session, and has not.
      programs: { tmux: `case "$*" in *new-session*) exit 0;; esac\nexec ${tmux} "$@"` },
      script: scriptOf(ONE_TASK),
    });
    const { code, run, task } = await play(sandbox, designOf('Only'));
    expect(code).toBe(1);
    expect(run.blocked).toMatchObject([{ taskName: 'validate-design', code: 'retries_spent' }]);
    expect((await sandbox.tina('status', 'sample')).stdout).toContain('reported in');
    const attempts = (await task('validate-design')).allAttempts;
    expect(attempts.map(({ failure, startedAt }) => [failure?.kind, startedAt])).toEqual([
      ['start_failed', null],
      ['start_failed', null],
    ]);
  });
});

test('G09 an attempt is bound before it starts, and a second host of it is ended by the program', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('a.txt'))),
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  const attempt = await firstAttemptOf(sandbox, TASK);
  expect(eventsAbout(await eventsOf(sandbox), attempt.id)).toEqual([
    'attempt.requested',
    'attempt.starting',
    'attempt.started',
  ]);
  const { revision } = await runOf(sandbox);
  const hosts = await sandbox.processesWith('launch.json');
  const launch = join(sandbox.home, 'state/attempts', attempt.id, 'launch.json');
  const second = await sandbox.run(process.execPath, [AGENT_HOST, launch]);
  expect(second.code).not.toBe(0);
  expect(second.stderr).toContain(`attempt ${attempt.id} has, or had, another host`);
  expect(await sandbox.processesWith('launch.json')).toEqual(hosts);
  expect(await sandbox.processesWith('scripted-agent')).toHaveLength(1);
  expect((await runOf(sandbox)).revision).toBe(revision);
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await attemptsOf(sandbox, TASK)).toHaveLength(1);
});

test('G10 G11 whatever an attempt still says after the next one began is refused, and its commits are not merged', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(
      ONE_TASK,
      entry(
        'role: implementer, attempt: 1',
        'write: { path: a.txt, content: "the first\\n" }',
        'commit: First',
        note('token', '$TINA_TOKEN'),
        ...hold('first'),
      ),
      entry('role: implementer, attempt: 2', ...hold('second'), ...workOn('a.txt', 'the second')),
    ),
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('first');
  const first = await firstAttemptOf(sandbox, TASK);
  const { epoch } = await launchOf(first);
  const token = (await sandbox.read('.git/token')).trim();
  const [host] = await sandbox.processesWith(`${first.id}/launch.json`);
  process.kill(Number(host), 'SIGKILL');
  await sandbox.reached('second');
  const [lost, second] = await attemptsOf(sandbox, TASK);
  expect([lost?.status, second?.status]).toEqual(['lost', 'running']);
  const { revision } = await runOf(sandbox);

  const hello = {
    attemptId: first.id,
    epoch,
    token,
    hostPid: process.pid,
    agentVersion: '1',
    workingDirectory: '/',
    branch: first.branch,
    session: null,
    turn: 1,
  };
  const report = { kind: 'work', summary: 'done' };
  const outcome = { kind: 'completed', report, finalMessage: 'done', usage: null };
  const frame = { kind: 'turn-ended', turn: 1, outcome };
  // As its own host, as that of the attempt that has its place now, and as its agent.
  const late = [
    { call: 'host.connect', input: hello },
    { call: 'host.connect', input: { ...hello, attemptId: second?.id, epoch: epoch + 1 } },
    { call: 'host.frame', input: { attemptId: first.id, epoch, sequence: 9, frame } },
    { call: 'host.frame', input: { attemptId: second?.id, epoch: epoch + 1, sequence: 9, frame } },
    { call: 'host.frame', input: { attemptId: second?.id, epoch, sequence: 9, frame } },
    { call: 'agent.report', input: { report } },
  ];
  const codes: unknown[] = [];
  for (const request of late) {
    const answer = await askDaemon(sandbox, { ...request, token });
    codes.push('error' in answer ? answer.error.code : answer);
  }
  expect(codes).toEqual([...Array<string>(5).fill('host_refused'), 'stale_attempt']);
  expect(await runOf(sandbox)).toMatchObject({ revision, attempts: [{ id: second?.id, status: 'running' }] });

  await sandbox.release('second');
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await sandbox.git('show', 'main:a.txt')).toBe('the second');
  expect(await sandbox.git('log', '--format=%s', 'main')).not.toContain('First');
  expect(await sandbox.git('show', `${lost?.rescueRef}:a.txt`)).toBe('the first');
});

test('G11 a cancelled attempt takes no process with it that only looks like one of its own', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(ONE_TASK, entry('role: implementer', 'run: { command: "sleep 60 & sleep 60" }')),
  });
  await start(sandbox, designOf('Only'));
  await until(
    'its agent is at work',
    async () => (await sandbox.processesWith('sleep 60')).length >= 2,
    60_000,
  );
  const attempt = await firstAttemptOf(sandbox, TASK);
  // The name of its agent, and its number with that of another home.
  const double = spawn('sleep', ['61'], { argv0: `scripted-agent ${attempt.id}`, stdio: 'ignore' });
  const namesake = spawn('sleep', ['61'], {
    env: { TINA_ATTEMPT: attempt.id, TINA_RUN: attempt.runId, TINA_HOME_ID: 'another-home' },
    stdio: 'ignore',
  });
  try {
    expect((await sandbox.tina('cancel', 'sample')).code).toBe(0);
    await until('its own are gone', async () => (await sandbox.processesWith('sleep 60')).length === 0);
    await until('the run has ended', async () => (await runOf(sandbox)).status === 'cancelled');
    for (const { pid, exitCode, signalCode } of [double, namesake]) {
      expect([typeof pid, exitCode, signalCode]).toEqual(['number', null, null]);
    }
  } finally {
    for (const child of [double, namesake]) child.kill('SIGKILL');
  }
});

test('G23 what is sent back to an agent is in its next turn exactly once, also when the daemon dies on the way', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(
      ONE_TASK,
      entry('role: implementer, turn: 1', 'write: { path: a.txt, content: "a\\n" }', 'report: done'),
      entry('role: implementer, turn: 2', note('told', 'told'), 'commit: Write a', 'report: done'),
    ),
  });
  await start(sandbox, designOf('Only'));
  const { pid } = await sandbox.json<{ readonly pid: number }>('daemon', 'status');
  // At the moment at which it is written down that there is a message: no command could be as quick.
  await stored(`select 1 from events where type = 'attempt.returned'`);
  process.kill(pid, 'SIGKILL');
  expect(await sandbox.wait('sample')).toBe(0);

  const [attempt, ...others] = await attemptsOf(sandbox, TASK);
  expect([attempt?.turn, others]).toEqual([2, []]);
  const returned = (await eventsOf(sandbox)).filter(({ type }) => type === 'attempt.returned');
  expect(returned).toHaveLength(1);
  expect(String(returned[0]?.data['message'])).toContain('There is no commit since you began.');
  expect((await sandbox.tina('logs', attempt?.id ?? '')).stdout).toContain(
    'There is no commit since you began.',
  );
  expect(await sandbox.read('.git/told')).toBe('told\n');
  expect(
    eventsAbout(await eventsOf(sandbox), attempt?.id ?? '').filter((type) => type === 'turn.ended'),
  ).toHaveLength(2);
});
