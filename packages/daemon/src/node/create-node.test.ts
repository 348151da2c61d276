import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { attemptBranch, sessionName } from '@tina/domain';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findAttemptProcesses, findMarkedProcesses, isAlive, readProcessIdentity } from '../process/index.ts';
import { systemClock } from './node-clock.ts';
import { common, RUN, testHome, type TestHome } from './testing/test-node.ts';

const WORK = `
  - do:
      - write: { path: a.txt, content: "hello" }
      - commit: "Add a"
      - report: { kind: work, summary: done }
`;
/** Works until a test says that it may go on. */
const WAITS = `
  - do:
      - write: { path: a.txt, content: "half done" }
      - touch: ready
      - wait-for: { file: go }
      - report: { kind: work, summary: done }
`;

/** Resolves when the script has come to its `touch: ready`. */
async function untilReady(home: TestHome): Promise<void> {
  const path = join(home.repository.folder, 'ready');
  await vi.waitFor(() => expect(existsSync(path)).toBe(true), { timeout: 8_000, interval: 5 });
}

/** Lets the agent end its turn while no daemon is there, and kills its host. */
async function dieAfterTurn(home: TestHome, attemptId: string): Promise<void> {
  letGo(home);
  const spool = join(home.paths.attemptsDir, attemptId, 'spool.jsonl');
  await vi.waitFor(() => expect(readFileSync(spool, 'utf8')).toContain('turn-ended'), { timeout: 8_000 });
  const host = home.host(attemptId);
  process.kill(host.pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await isAlive(host)).toBe(false), { timeout: 8_000 });
}

function letGo(home: TestHome): void {
  writeFileSync(join(home.repository.folder, 'go'), '');
}

function processesOf(home: TestHome, attemptId: string): ReturnType<typeof findAttemptProcesses> {
  return findAttemptProcesses({ attemptId, homeId: home.homeId });
}

describe('an attempt', () => {
  it('G08 counts as started when its host has reported in from its folder and branch', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const outcome = await home.started('r1-a1');
    expect(outcome).toEqual({
      kind: 'start-agent',
      agentVersion: '0.1.0',
      workingDirectory: home.worktree(1),
      branch: attemptBranch('r1-a1'),
      hostPid: home.host('r1-a1').pid,
      session: (await home.sessions.probe()).kind === 'tmux' ? sessionName('r1-a1') : null,
    });
  });

  it('is worked on only once its start is recorded', async () => {
    const home = await testHome(WORK);
    const recorded = Promise.withResolvers<void>();
    const { completeJob } = home.api;
    Object.assign(home.api, {
      completeJob: async (completed: Parameters<typeof completeJob>[0]) => {
        await recorded.promise;
        return completeJob(completed);
      },
    });
    await home.daemon();
    home.api.enqueue(home.start('r1-a1'));
    await vi.waitFor(() => expect(home.api.times.has('authenticate')).toBe(true), { timeout: 8_000 });
    expect(await processesOf(home, 'r1-a1')).toEqual([home.host('r1-a1')]);
    recorded.resolve();
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ kind: 'completed' });
  });

  it('G14 leaves nothing running when it is settled, and G22 keeps its commits', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    await home.started('r1-a1');
    expect(await home.api.turn('r1-a1', 1)).toEqual({
      kind: 'completed',
      report: { kind: 'work', summary: 'done' },
      finalMessage: '',
      usage: null,
    });
    const { git, gitIn } = home.repository;
    const head = gitIn(home.worktree(1), 'rev-parse', 'HEAD');
    const rescueRef = 'refs/tina/attempts/r1-a1';
    expect(await home.settle('r1-a1')).toEqual({ kind: 'settle-attempt', headCommit: head, rescueRef });
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
    expect(await home.sessions.list()).toEqual([]);
    expect(git('rev-parse', rescueRef)).toBe(head);
    expect(git('branch', '--list', 'tina-attempt/*')).toBe('');
    // Again, as when the daemon dies before it could say so.
    const again = await home.settle('r1-a1', { jobId: 'again' });
    expect(again).toEqual({ kind: 'settle-attempt', headCommit: head, rescueRef });
  });

  it('G30 leaves no secret in its folder, also when its host never was', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    await home.started('r1-a1');
    await home.api.turn('r1-a1', 1);
    const launch = join(home.paths.attemptsDir, 'r1-a1/launch.json');
    await vi.waitFor(() => expect(readFileSync(launch, 'utf8')).toContain('"token":""'), { timeout: 8_000 });
    const content = JSON.parse(readFileSync(launch, 'utf8')) as object;
    writeFileSync(
      launch,
      JSON.stringify({
        ...content,
        token: 'secret',
        env: { KEY: 'secret' },
        mcp: { command: [], env: { TINA_TOKEN: 'secret' } },
      }),
    );
    await home.settle('r1-a1');
    expect(readFileSync(launch, 'utf8')).not.toContain('secret');
  });

  it('G09 is not begun when the control plane refuses it', async () => {
    const home = await testHome(WORK);
    home.api.answerBegin = () => ({ ok: false, code: 'stale_job', message: 'nobody waits for it' });
    await home.daemon();
    home.api.enqueue(home.start('r1-a1'));
    await vi.waitFor(() => expect(home.api.begun).toEqual(['r1-a1']));
    expect(await home.done({ ...common('other'), kind: 'remove-slots', taskId: null, slots: [1] })).toEqual({
      kind: 'remove-slots',
    });
    expect(home.api.completed.map(({ job }) => job.jobId)).toEqual(['other']);
    expect(readdirSync(home.paths.attemptsDir)).toEqual([]);
  });

  it('ends its host when the start comes too late to be recorded', async () => {
    const home = await testHome(WORK);
    home.api.answerComplete = () => ({ ok: false, code: 'stale_job', message: 'nobody waits for it' });
    await home.daemon();
    await home.started('r1-a1');
    const host = home.host('r1-a1');
    await vi.waitFor(async () => expect(await isAlive(host)).toBe(false), { timeout: 8_000 });
    expect(home.api.turns).toEqual([]);
  });

  it('gets one more turn, and says so once it has begun', async () => {
    const home = await testHome(`
  - do: [wrong-form: { via: message }]
  - when: { turn: 2 }
    do: [report: { kind: work, summary: now it fits }]
`);
    await home.daemon();
    await home.started('r1-a1');
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ kind: 'completed', report: null });
    const job = { kind: 'continue-agent', attemptId: 'r1-a1', epoch: 1, turn: 2, message: 'Again.' } as const;
    expect(await home.done({ ...job, ...common('j2') })).toEqual({ kind: 'continue-agent' });
    expect(await home.api.turn('r1-a1', 2)).toMatchObject({ report: { summary: 'now it fits' } });
    // Done again, it finds the turn begun.
    expect(await home.done({ ...job, ...common('j3') })).toEqual({ kind: 'continue-agent' });
    expect(home.api.turns).toHaveLength(2);
  });
});

describe('a machine without tmux', () => {
  it('has hosts that are plain processes, and leaves nothing of them running (G14)', async () => {
    const home = await testHome(WORK);
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    await home.daemon();
    expect(await home.started('r1-a1')).toMatchObject({ kind: 'start-agent', session: null });
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ kind: 'completed' });
    expect(await home.settle('r1-a1')).toMatchObject({ kind: 'settle-attempt' });
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
  });
});

describe('the loss of a host', () => {
  it('G13 is reported at once, and its uncommitted work is kept', async () => {
    const home = await testHome(WAITS);
    await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    const diedAt = performance.now();
    process.kill(home.host('r1-a1').pid, 'SIGKILL');
    expect(await home.api.loss('r1-a1')).toBe('its agent host has ended');
    // Under a second on an idle machine: 50 ms; what counts is that no lease had to run out.
    expect(performance.now() - diedAt).toBeLessThan(5_000);

    const settled = await home.settle('r1-a1');
    expect(settled).toMatchObject({ headCommit: home.base, rescueRef: 'refs/tina/attempts/r1-a1' });
    expect(home.repository.git('show', 'refs/tina/attempts/r1-a1:a.txt')).toBe('half done');
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
    expect(await home.sessions.list()).toEqual([]);
  });

  it('G13 is noticed when its whole session goes, and the next attempt has a new one', async () => {
    const home = await testHome(WAITS);
    await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await home.sessions.end(sessionName('r1-a1'));
    expect(await home.api.loss('r1-a1')).toBe('its agent host has ended');
    expect(await home.settle('r1-a1')).toMatchObject({ rescueRef: 'refs/tina/attempts/r1-a1' });
    expect(await home.started('r1-a2')).toMatchObject({ kind: 'start-agent' });
  });

  it('G13 after the end of its turn loses nothing, until there is to be another turn', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    await home.started('r1-a1');
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ report: { summary: 'done' } });
    process.kill(home.host('r1-a1').pid, 'SIGKILL');
    const job = { kind: 'continue-agent', attemptId: 'r1-a1', epoch: 1, turn: 2, message: 'Again.' } as const;
    expect(await home.done({ ...job, ...common('j2') })).toMatchObject({ problem: { code: 'host_lost' } });
    expect(home.api.losses).toEqual([]);
    expect(await home.settle('r1-a1')).toMatchObject({ rescueRef: 'refs/tina/attempts/r1-a1' });
    expect(await home.sessions.list()).toEqual([]);
  });

  it('fails a turn that was to be given to it', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const job = { kind: 'continue-agent', attemptId: 'r1-a9', epoch: 1, turn: 2, message: 'Go on.' } as const;
    expect(await home.done({ ...job, ...common('j1') })).toMatchObject({ problem: { code: 'host_lost' } });
  });

  it('is found by the job that starts it a second time', async () => {
    const home = await testHome(WAITS);
    const first = await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await first.stop();
    process.kill(home.host('r1-a1').pid, 'SIGKILL');
    home.api.attempts = [held('r1-a1', 'starting')];
    await home.daemon();
    home.api.enqueue(home.start('r1-a1', { jobId: 'start-again' }));
    expect(await home.api.outcomeOf('start-again')).toMatchObject({ problem: { code: 'host_lost' } });
  });
});

describe('the next daemon', () => {
  it('G14 adopts the agents that live on', async () => {
    const home = await testHome(WAITS);
    const first = await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await first.stop();
    const host = home.host('r1-a1');
    expect(await isAlive(host)).toBe(true);

    home.api.attempts = [held('r1-a1', 'running')];
    await home.daemon();
    letGo(home);
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ report: { summary: 'done' } });
    expect(home.api.losses).toEqual([]);
    expect(home.host('r1-a1')).toEqual(host);
    await home.settle('r1-a1');
    expect(await isAlive(host)).toBe(false);
  });

  it('G09 finds the host that an interrupted start has started, and starts no other', async () => {
    const home = await testHome(WORK);
    // Nothing is ever recorded by the first daemon, as if it had died.
    home.api.failures.push(...Array.from({ length: 3 }, () => new Error('the store is away')));
    const unheard = vi.spyOn(home.api, 'completeJob').mockRejectedValue(new Error('the store is away'));
    home.api.failures.length = 0;
    const first = await home.daemon();
    home.api.enqueue(home.start('r1-a1'));
    await vi.waitFor(() => expect(unheard).toHaveBeenCalled(), { timeout: 8_000 });
    await first.stop();
    const host = home.host('r1-a1');

    unheard.mockRestore();
    home.api.attempts = [held('r1-a1', 'starting')];
    await home.daemon();
    home.api.enqueue(home.start('r1-a1', { jobId: 'start-again' }));
    expect(await home.api.outcomeOf('start-again')).toMatchObject({ kind: 'start-agent', hostPid: host.pid });
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ kind: 'completed' });
    expect(await home.sessions.list()).toHaveLength(1);
  });

  it('gives up an attempt whose host died while nobody looked, with what it left', async () => {
    const home = await testHome(WAITS);
    const first = await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await first.stop();
    process.kill(home.host('r1-a1').pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await isAlive(home.host('r1-a1'))).toBe(false));
    home.api.attempts = [held('r1-a1', 'running'), held('r1-a2', 'parked')];
    await home.daemon();
    expect(await home.api.loss('r1-a1')).toContain('had ended when the daemon started');
    expect(await home.api.loss('r1-a2')).toContain('had ended when the daemon started');
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
  });

  it('G13 hears what a host had still to say that ended its turn and died while nobody looked', async () => {
    const home = await testHome(WAITS);
    const first = await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await first.stop();
    await dieAfterTurn(home, 'r1-a1');
    home.api.attempts = [held('r1-a1', 'running')];
    await home.daemon();
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ report: { summary: 'done' } });
    // Nothing but its turn counted: it is neither lost nor begun again, and its work is found and put away.
    expect(await home.settle('r1-a1')).toMatchObject({ rescueRef: 'refs/tina/attempts/r1-a1' });
    expect(home.api.losses).toEqual([]);
    expect(home.api.turns).toHaveLength(1);
    expect(home.log.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('goes on without its host'),
    );
  });

  it('G10 hears nothing that was left by a host of another claim, and passes over what is no frame', async () => {
    const home = await testHome(WAITS);
    const first = await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await first.stop();
    await dieAfterTurn(home, 'r1-a1');
    appendFileSync(join(home.paths.attemptsDir, 'r1-a1/spool.jsonl'), '{"sequence":9,"fra');
    home.api.attempts = [{ ...held('r1-a1', 'running'), epoch: 2 }];
    const second = await home.daemon();
    expect(await home.api.loss('r1-a1')).toContain('had ended');
    expect(home.api.turns).toEqual([]);
    await second.stop();
    // The control plane refuses what it knows already: the attempt is lost as any other.
    home.api.answerTurn = () => ({ ok: false, code: 'stale_turn', message: 'it is over' });
    home.api.losses.length = 0;
    home.api.attempts = [held('r1-a1', 'running')];
    await home.daemon();
    expect(await home.api.loss('r1-a1')).toContain('had ended');
    expect(home.log).toContainEqual(expect.objectContaining({ fields: { attemptId: 'r1-a1', badLines: 1 } }));
  });

  it('keeps an attempt whose turn is over and whose host is gone: evidence needs none', async () => {
    const home = await testHome(WORK);
    home.api.attempts = [{ ...held('r1-a1', 'running'), isTurnOver: true }];
    await home.daemon();
    const job = { kind: 'continue-agent', attemptId: 'r1-a1', epoch: 1, turn: 2, message: 'Again.' } as const;
    expect(await home.done({ ...job, ...common('j2') })).toMatchObject({ problem: { code: 'host_lost' } });
    expect(home.api.losses).toEqual([]);
  });

  it('G14 ends what nobody holds: sessions, agents without a host, abandoned commands', async () => {
    const home = await testHome(WAITS);
    const first = await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    const marker = { TINA_HOME_ID: home.homeId, TINA_NODE_WORK: '1' };
    const env = { PATH: process.env['PATH'] ?? '', ...marker };
    await home.sessions.start({ name: 'abandoned', command: ['sleep', '60'], cwd: '/', env });
    await vi.waitFor(async () => expect(await findMarkedProcesses(marker)).toHaveLength(1));
    const abandoned = (await findMarkedProcesses(marker))[0]!;
    await first.stop();
    // Its host is killed, its agent lives on, and the control plane knows of neither.
    process.kill(home.host('r1-a1').pid, 'SIGKILL');

    await home.daemon();
    expect(await isAlive(abandoned)).toBe(false);
    await vi.waitFor(async () => expect(await processesOf(home, 'r1-a1')).toEqual([]), { timeout: 8_000 });
    await vi.waitFor(async () => expect(await home.sessions.list()).toEqual([]), { timeout: 8_000 });
  });

  it('ends a check that is under way and leaves its job to the next', async () => {
    const home = await testHome(WORK);
    const first = await home.daemon();
    const check = { name: 'slow', at: ['task'], timeoutMs: 60_000, failures: null } as const;
    const job = { kind: 'run-checks', slot: 1, commit: home.base } as const;
    const started = join(home.repository.folder, 'started');
    const checks = [
      { ...check, command: `echo $$ > '${started}.new'; mv '${started}.new' '${started}'; sleep 60` },
    ];
    home.api.enqueue(home.assignment({ ...job, ...common('j1'), checks }));
    await vi.waitFor(() => expect(existsSync(started)).toBe(true), { timeout: 8_000 });
    await first.stop();
    expect(home.api.completed).toEqual([]);
    expect(await findMarkedProcesses({ TINA_HOME_ID: home.homeId })).toEqual([]);
  });
});

describe('a check', () => {
  it('G30 gets no secret but those that the settings name, and neither does the set-up command', async () => {
    const test = 'test "$NPM_TOKEN" = named -a -z "$OTHER_TOKEN" -a "$PLAIN" = plain';
    const home = await testHome(WORK, { setup: { command: test, timeoutMs: 60_000 }, env: ['NPM_TOKEN'] });
    const environment = {
      ...home.repository.environment,
      NPM_TOKEN: 'named',
      OTHER_TOKEN: 'not named',
      PLAIN: 'plain',
    };
    await home.daemon({ environment });
    const check = { name: 'env', at: ['task'], timeoutMs: 60_000, failures: null, command: test } as const;
    const job = { kind: 'run-checks', slot: 1, commit: home.base, ...common('j1'), checks: [check] } as const;
    expect(await home.done(job)).toMatchObject({ checks: [{ outcome: 'passed' }] });
  });
});

describe('agents on one machine', () => {
  it('are never more than the machine may have', async () => {
    const home = await testHome(WAITS);
    await home.daemon({ machineAgents: 2 });
    const attempts = ['r1-a1', 'r1-a2', 'r1-a3'];
    home.api.enqueue(...attempts.map((attempt, index) => home.start(attempt, { slot: index + 1 })));
    await Promise.all(['start-r1-a1', 'start-r1-a2'].map((job) => home.api.outcomeOf(job)));
    expect(home.api.queued).toBe(1);
    await home.settle('r1-a1');
    expect(await home.api.outcomeOf('start-r1-a3')).toMatchObject({ kind: 'start-agent' });
    expect(home.api.claims.every(({ agentCapacity }) => agentCapacity >= 0 && agentCapacity <= 2)).toBe(true);
  });

  it('G15 do not count while they wait for a limit to end', async () => {
    const home = await testHome(`
  - when: { task: 1 }
    do: [limit: 1h]
`);
    await home.daemon({ machineAgents: 1 });
    home.api.enqueue(home.start('r1-a1'), home.start('r1-a2', { slot: 2 }));
    expect(await home.api.turn('r1-a1', 1)).toMatchObject({ kind: 'failed', error: { kind: 'limit' } });
    expect(await home.api.outcomeOf('start-r1-a2')).toMatchObject({ kind: 'start-agent' });
  });
});

describe('G15 an agent whose limit is over', () => {
  const LIMITED = `
  - when: { role: implementer, turn: 1 }
    do: [limit: 1h]
  - when: { role: implementer, turn: 2 }
    do: [report: { kind: work, summary: done }]
  - when: { role: reviewer }
    do: [touch: ready, wait-for: { file: go }, report: { kind: review, verdict: pass }]
`;
  const again = { kind: 'continue-agent', attemptId: 'r1-a1', epoch: 1, turn: 2, message: 'Go on.' } as const;

  /** One place, which a second agent has while the first waited for its limit to end. */
  async function withOneParked(): Promise<TestHome> {
    const home = await testHome(LIMITED);
    await home.daemon({ machineAgents: 1 });
    await home.started('r1-a1');
    await home.api.turn('r1-a1', 1);
    await home.started('r1-a2', { slot: 2, role: 'reviewer' });
    await untilReady(home);
    return home;
  }

  it('waits for a place like one that is to start', async () => {
    const home = await withOneParked();
    const { length } = home.api.claims;
    home.api.enqueue(home.assignment({ ...again, ...common('j2') }));
    await vi.waitFor(() => expect(home.api.claims.length).toBeGreaterThan(length));
    expect(home.api.claims.at(-1)).toMatchObject({ agentCapacity: 0, parkedAttempts: ['r1-a1'] });
    expect(home.api.queued).toBe(1);
    await home.settle('r1-a2', { slot: 2 });
    expect(await home.api.outcomeOf('j2')).toEqual({ kind: 'continue-agent' });
    expect(await home.api.turn('r1-a1', 2)).toMatchObject({ kind: 'completed' });
  });
});

describe('a job that is not wanted any more', () => {
  it('is given up when it is withdrawn', async () => {
    const home = await testHome(WORK, { setup: { command: 'sleep 60', timeoutMs: 60_000 } });
    await home.daemon();
    home.api.enqueue(home.start('r1-a1', { needsSetup: true }));
    const marker = { TINA_HOME_ID: home.homeId, TINA_NODE_WORK: '1' };
    await vi.waitFor(async () => expect(await findMarkedProcesses(marker)).not.toEqual([]), {
      timeout: 8_000,
    });
    home.api.withdraw('start-r1-a1');
    await vi.waitFor(async () => expect(await findMarkedProcesses(marker)).toEqual([]), { timeout: 8_000 });
    expect(home.api.completed).toEqual([]);
  });

  it('is given up when its attempt is settled', async () => {
    const home = await testHome(WORK, { setup: { command: 'sleep 60', timeoutMs: 60_000 } });
    await home.daemon();
    home.api.enqueue(home.start('r1-a1', { needsSetup: true }));
    await vi.waitFor(() => expect(home.api.begun).toEqual(['r1-a1']));
    expect(await home.settle('r1-a1')).toMatchObject({ kind: 'settle-attempt', rescueRef: null });
    expect(await home.api.outcomeOf('start-r1-a1')).toMatchObject({ problem: { code: 'attempt_over' } });
  });
});

describe('a lease that is lost', () => {
  /** Ten times as fast, so that leases are renewed twice a second. */
  const clock = {
    now: () => systemClock.now() * 10,
    after: (delayMs: number, callback: () => void) => systemClock.after(delayMs / 10, callback),
  };

  it("G10 ends the attempt's host", async () => {
    const home = await testHome(WAITS);
    await home.daemon({ clock });
    await home.started('r1-a1');
    const renewed = (): readonly string[] =>
      home.api.renewals.flatMap((one) => one.attempts.map((it) => it.attemptId));
    await vi.waitFor(() => expect(renewed()).toContain('r1-a1'), { timeout: 8_000 });
    home.api.lost = { lostJobs: [], lostAttempts: ['r1-a1'] };
    const host = home.host('r1-a1');
    await vi.waitFor(async () => expect(await isAlive(host)).toBe(false), { timeout: 8_000 });
    expect(home.api.losses).toEqual([]);
  });

  it('ends the work on a job, which is found unfinished by whoever has it now', async () => {
    const home = await testHome(WORK, { setup: { command: 'sleep 60', timeoutMs: 600_000 } });
    await home.daemon({ clock });
    home.api.enqueue(home.start('r1-a1', { needsSetup: true }));
    const marker = { TINA_HOME_ID: home.homeId, TINA_NODE_WORK: '1' };
    await vi.waitFor(async () => expect(await findMarkedProcesses(marker)).not.toEqual([]), {
      timeout: 8_000,
    });
    home.api.lost = { lostJobs: ['start-r1-a1'], lostAttempts: [] };
    await vi.waitFor(async () => expect(await findMarkedProcesses(marker)).toEqual([]), { timeout: 8_000 });
    expect(home.api.renewals[0]).toMatchObject({
      jobs: [{ jobId: 'start-r1-a1', epoch: 1 }],
      attempts: [{ attemptId: 'r1-a1', epoch: 1 }],
    });
    expect(home.api.completed).toEqual([]);
  });
});

describe('settling', () => {
  it('G14 ends an agent that ignores all requests, with what it started', async () => {
    const home = await testHome(`
  - do:
      - spawn: { command: "sleep 60", detached: true }
      - touch: ready
      - hang: { ignoreSigterm: true }
`);
    await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    expect(await home.settle('r1-a1')).toMatchObject({ kind: 'settle-attempt' });
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
  });

  it('G14 ends a host that was stopped and hears nothing', async () => {
    const home = await testHome(WAITS);
    await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    process.kill(home.host('r1-a1').pid, 'SIGSTOP');
    expect(await home.settle('r1-a1')).toMatchObject({ rescueRef: 'refs/tina/attempts/r1-a1' });
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
    expect(await home.sessions.list()).toEqual([]);
  });

  it('works when worktree, session and folder of the attempt are gone', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    await home.started('r1-a1');
    await home.api.turn('r1-a1', 1);
    const head = home.repository.git('rev-parse', attemptBranch('r1-a1'));
    await home.sessions.end(sessionName('r1-a1'));
    rmSync(join(home.paths.attemptsDir, 'r1-a1'), { recursive: true });
    rmSync(home.worktree(1), { recursive: true });
    const rescueRef = 'refs/tina/attempts/r1-a1';
    expect(await home.settle('r1-a1')).toEqual({ kind: 'settle-attempt', headCommit: head, rescueRef });
    expect(home.repository.git('branch', '--list', 'tina-attempt/*')).toBe('');
    expect(await processesOf(home, 'r1-a1')).toEqual([]);
  });

  it('G22 adds to what the rescue ref keeps already', async () => {
    const home = await testHome(WORK);
    const { git } = home.repository;
    await home.daemon();
    await home.started('r1-a1');
    await home.api.turn('r1-a1', 1);
    const earlier = home.repository.commit({ 'b.txt': 'earlier' });
    git('update-ref', 'refs/tina/attempts/r1-a1', earlier);
    const head = git('rev-parse', attemptBranch('r1-a1'));
    expect(await home.settle('r1-a1')).toMatchObject({
      headCommit: head,
      rescueRef: 'refs/tina/attempts/r1-a1',
    });
    const kept = git('rev-list', 'refs/tina/attempts/r1-a1').split('\n');
    expect(kept).toEqual(expect.arrayContaining([head, earlier]));
    expect(git('branch', '--list', 'tina-attempt/*')).toBe('');
  });

  it('G22 keeps also what agent and host leave while they end', async () => {
    const late = `trap 'sleep 0.1; echo late > b.txt; git add b.txt; git commit -qm late; echo later > c.txt; exit' TERM; echo > .git-ready; while :; do sleep 0.01; done`;
    const home = await testHome(
      WORK.replace('      - commit', `      - spawn: ${JSON.stringify(late)}\n      - commit`),
    );
    await home.daemon();
    await home.started('r1-a1');
    await home.api.turn('r1-a1', 1);
    await vi.waitFor(() => expect(existsSync(join(home.worktree(1), '.git-ready'))).toBe(true), 8_000);
    rmSync(join(home.worktree(1), '.git-ready'));
    const settled = await home.settle('r1-a1');
    const { git } = home.repository;
    const rescueRef = 'refs/tina/attempts/r1-a1';
    expect(settled).toMatchObject({ rescueRef });
    expect(git('show', `${rescueRef}:b.txt`)).toBe('late');
    expect(git('show', `${rescueRef}:c.txt`)).toBe('later');
    expect(git('branch', '--list', 'tina-attempt/*')).toBe('');
    expect(home.repository.gitIn(home.worktree(1), 'branch', '--show-current')).toBe('');
  });

  it('works when the attempt never began, and when the repository is gone', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const nothing = { kind: 'settle-attempt', headCommit: null, rescueRef: null };
    expect(await home.settle('r1-a1')).toEqual(nothing);
    rmSync(home.repository.root, { recursive: true });
    expect(await home.settle('r1-a2')).toEqual(nothing);
  });

  it('G22 keeps what is uncommitted, and leaves a slot alone that has another attempt in it', async () => {
    const home = await testHome(WAITS);
    await home.daemon();
    await home.started('r1-a1');
    await untilReady(home);
    await home.settle('r1-a1');
    expect(home.repository.git('show', 'refs/tina/attempts/r1-a1:a.txt')).toBe('half done');
    await home.started('r1-a2');
    const settled = await home.settle('r1-a1', { jobId: 'late' });
    expect(settled).toMatchObject({ rescueRef: 'refs/tina/attempts/r1-a1' });
    expect(home.repository.gitIn(home.worktree(1), 'branch', '--show-current')).toBe(attemptBranch('r1-a2'));
    expect(await readProcessIdentity(home.host('r1-a2').pid)).not.toBeNull();
  });
});

function held(attemptId: string, status: 'starting' | 'running' | 'parked') {
  const common = { runId: RUN, taskId: 't1', role: 'implementer', epoch: 1, turn: 1 } as const;
  return { attemptId, ...common, status, isTurnOver: false } as const;
}

describe('a daemon that starts', () => {
  it('G30 removes the scripts of sessions that an earlier one was about to start', async () => {
    const home = await testHome(WORK);
    const directory = join(home.paths.stateDir, 'sessions');
    mkdirSync(directory);
    writeFileSync(join(directory, 'r1-a1.0.launch'), 'export A_TOKEN=secret');
    writeFileSync(join(directory, 'r1-a1.log'), 'kept');
    await home.daemon();
    expect(readdirSync(directory)).toEqual(['r1-a1.log']);
  });

  it('G30 leaves no script of an attempt that is settled', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    await home.started('r1-a1');
    const scripts = (): readonly string[] =>
      readdirSync(join(home.paths.stateDir, 'sessions')).filter((file) => file.endsWith('.launch'));
    writeFileSync(
      join(home.paths.stateDir, 'sessions', `${sessionName('r1-a1')}.0.launch`),
      'A_TOKEN=secret',
    );
    await home.api.turn('r1-a1', 1);
    await home.settle('r1-a1');
    expect(scripts()).toEqual([]);
  });

  it('G06 does not wait for a tmux that hangs', async ({ skip }) => {
    const home = await testHome(WORK);
    skip((await home.sessions.probe()).kind !== 'tmux', 'tmux is not installed');
    const session = { command: ['/bin/sleep', '60'], cwd: '/', env: { TINA_HOME_ID: home.homeId } };
    await home.sessions.start({ name: 'kept', ...session });
    const socket = join(home.paths.stateDir, 'tmux.sock');
    const asked = execFileSync('tmux', ['-S', socket, 'display-message', '-p', '#{pid}'], {
      encoding: 'utf8',
    });
    const server = Number(asked);
    process.kill(server, 'SIGSTOP');
    try {
      const begun = performance.now();
      await home.daemon();
      const checks = { kind: 'run-checks', ...common('c1'), slot: 1, commit: home.base, checks: [] } as const;
      expect(await home.done(checks)).toMatchObject({ kind: 'run-checks' });
      // tmux is given ten seconds to answer.
      expect(performance.now() - begun).toBeLessThan(8_000);
    } finally {
      process.kill(server, 'SIGCONT');
    }
  });
});
