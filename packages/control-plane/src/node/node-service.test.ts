import type { TinaError } from '@tina/contract';
import type { Caller } from '../server/handler.ts';
import { type Store, StoreError } from '@tina/store';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completed, failedTurn, usualReport } from '../testing/fake-node.test-support.ts';
import { spoil } from '../testing/spoil.test-support.ts';
import { planOf } from '../testing/fake-work.test-support.ts';
import {
  createInput,
  type Home,
  newKey,
  openHome,
  openOnStore,
  OPERATOR,
  refusalOf,
  temporaryFolder,
} from '../testing/home.test-support.ts';

/** A home whose run has an attempt of the role at work, with what it was started with. */
async function atWork(
  role = 'validator',
): Promise<{ home: Home; run: string; token: string; attemptId: string }> {
  const home = await openHome();
  home.node.script.turn = (turn) => (turn.job.role === role ? null : usualReport(turn));
  const run = await home.startRun();
  await home.node.work();
  const started = [...home.node.starts.values()].at(-1);
  if (started?.job.kind !== 'start-agent') throw new Error('nothing was started');
  return { home, run, token: started.agent?.token ?? '', attemptId: started.job.attemptId };
}

async function agent(home: Home, token: string): Promise<Caller> {
  const found = await home.controlPlane.node.authenticate(token);
  if (!found) throw new Error('the token is nobody’s');
  return { kind: 'agent', ...found };
}

describe('G29 authority comes from the token', () => {
  it('an agent reports for the attempt that its token belongs to', async () => {
    const { home, run, token, attemptId } = await atWork();
    const report = { kind: 'validation', status: 'pass', text: 'fine' } as const;
    const caller = await agent(home, token);
    expect(caller).toMatchObject({ runId: run, attemptId });
    expect(await home.call('agent.report', { report }, caller)).toEqual({ attemptId, accepted: true });
    await home.node.endTurn({ attemptId, epoch: 1 }, 1, completed(null, 'I reported.'));
    await home.node.work();
    expect((await home.call('task.get', { task: `${run}/validate-design` })).status).toBe('completed');
  });

  it('a token that was made up, cut or of no attempt is nobody’s', async () => {
    const { home, token } = await atWork();
    for (const wrong of ['', 'guess', token.slice(0, -1), `${token}x`, token.toUpperCase()])
      expect(await home.controlPlane.node.authenticate(wrong)).toBeNull();
  });

  it('an attempt that has ended has no word any more', async () => {
    const { home, run, token } = await atWork();
    const caller = await agent(home, token);
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    const report = { kind: 'validation', status: 'pass', text: 'late' } as const;
    expect(await refusalOf(home.call('agent.report', { report }, caller))).toMatchObject({
      code: 'stale_attempt',
    });
  });

  it('G11 the attempt before the present one has no word either', async () => {
    const { home, run, token, attemptId } = await atWork();
    await home.controlPlane.node.loseAttempt({ attemptId, epoch: 1, reason: 'its host is gone' });
    await home.node.work();
    const report = { kind: 'validation', status: 'stop', text: 'late' } as const;
    const late = home.call('agent.report', { report }, await agent(home, token));
    expect(await refusalOf(late)).toMatchObject({ code: 'stale_attempt' });
    const task = await home.call('task.get', { task: `${run}/validate-design` });
    expect(task.allAttempts.map((attempt) => attempt.status)).toEqual(['lost', 'running']);
  });

  it('an agent may do nothing that an operator does, and the other way round', async () => {
    const { home, run, token } = await atWork();
    const caller = await agent(home, token);
    const calls: readonly Promise<unknown>[] = [
      home.call('run.cancel', { run, idempotencyKey: newKey() }, caller),
      home.call('run.create', createInput(), caller),
      home.call('run.get', { run }, caller),
      home.call('event.list', {}, caller),
      home.call('agent.report', { report: { kind: 'work', summary: 'x' } }, OPERATOR),
    ].map((call) => call);
    for (const call of calls) expect(await refusalOf(call)).toMatchObject({ code: 'not_allowed' });
    expect((await home.state(run)).control).toBe('active');
  });

  it('a report of another kind than the role’s is refused, and counts for nothing', async () => {
    const { home, token } = await atWork();
    const report = { kind: 'work', summary: 'done' } as const;
    const refusal: TinaError = await refusalOf(
      home.call('agent.report', { report }, await agent(home, token)),
    );
    expect(refusal.code).toBe('wrong_report');
  });
});

describe('G30 secrets', () => {
  it('of attempts are never stored in clear, and new with every claim', async () => {
    const path = join(temporaryFolder(), 'tina.db');
    const home = await openHome({ path });
    await home.startRun({ finalize: 'merge' });
    await home.node.work();
    const tokens = [...home.node.starts.values()].map((started) => started.agent?.token ?? '');
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens.length).toBeGreaterThan(8);
    const stored = [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('');
    expect(stored).toContain('validate-design');
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(stored).not.toContain(token);
    }
    const prompts = [...home.node.starts.values()].map((started) => started.agent?.prompt ?? '').join('');
    for (const token of tokens) expect(prompts).not.toContain(token);
  });
});

describe('G10 a job', () => {
  it('that was claimed by an earlier incarnation is handed out again, and its old holder is refused', async () => {
    const home = await openHome();
    await home.startRun();
    const [first] = await home.node.claim();
    const adopted = await home.node.register();
    expect(adopted.attempts).toEqual([]);
    const [second] = await home.node.claim();
    expect(second?.job).toEqual(first?.job);
    expect(second?.epoch).toBe((first?.epoch ?? 0) + 1);
    expect(second?.agent?.token).not.toBe(first?.agent?.token);
    const outcome = { kind: 'failed', problem: { code: 'x', message: 'x', output: null, next: [] } } as const;
    const late = await home.controlPlane.node.completeJob({ job: first!.job, epoch: first!.epoch, outcome });
    expect(late).toMatchObject({ ok: false, code: 'stale_job' });
  });

  it('is refused when nothing waits for it any more', async () => {
    const { home, run } = await atWork();
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    const [start] = home.node.assignments;
    const answer = await home.controlPlane.node.completeJob({
      job: start!.job,
      epoch: start!.epoch,
      outcome: { kind: 'failed', problem: { code: 'x', message: 'x', output: null, next: [] } },
    });
    expect(answer.ok).toBe(false);
    const unknown = { ...start!.job, runId: 'nobody' };
    expect(
      await home.controlPlane.node.completeJob({ job: unknown, epoch: 1, outcome: { kind: 'remove-slots' } }),
    ).toMatchObject({ ok: false, code: 'no_such_run' });
  });

  it('that cannot be prepared ends as failed and says why, and the others of the claim are handed out', async () => {
    const path = join(temporaryFolder(), 'tina.db');
    const home = await openHome({ path });
    const broken = await home.startRun();
    const good = await home.startRun({ fresh: true, feature: 'good', preset: 'fast' });
    spoil(
      path,
      `update documents set text = 'no json' where hash = ?`,
      (await home.state(broken)).settingsDocument,
    );
    home.machine.facts.projectConfig += 'setup: npm ci\n';
    const other = await home.startRun({ fresh: true, feature: 'other' });
    const claimed = await home.node.claim();
    expect(claimed.map(({ job }) => job.runId)).toEqual([other]);
    expect(home.errors.length).toBeGreaterThan(0);

    const task = await home.call('task.get', { task: `${broken}/validate-design` });
    expect(task.allAttempts[0]).toMatchObject({
      status: 'failed',
      failure: { message: expect.stringContaining('could not be handed to its node') as string },
    });
    // What its end leads to cannot be prepared either, and comes to rest.
    await home.node.work();
    expect((await home.store.listJobs({ runId: broken })).length).toBe(0);
    expect(good).not.toBe(other);
  });

  it('that cannot be prepared because of the database stays claimed, and is tried again later', async () => {
    const first = await openHome();
    let isBusy = true;
    const readDocument: Store['readDocument'] = (hash) => {
      if (!isBusy) return first.store.readDocument(hash);
      isBusy = false;
      throw new StoreError({ code: 'store_busy', message: 'busy', next: [] });
    };
    const home = openOnStore({ ...first.store, readDocument, close: () => Promise.resolve() }, first);
    const run = await home.startRun();
    expect(await home.node.claim()).toEqual([]);
    expect(home.errors).toMatchObject([{ code: 'store_busy' }]);
    expect(await home.store.listJobs({ runId: run })).toMatchObject([{ status: 'claimed', epoch: 1 }]);
    await home.node.register();
    expect(await home.node.claim()).toHaveLength(1);
  });
});

describe('G14 a node that comes back', () => {
  it('is told of the attempts that are alive, and of no others', async () => {
    const { home, run, attemptId } = await atWork('planner');
    const { attempts } = await home.node.register();
    const expected = { attemptId, runId: run, role: 'planner', epoch: 1, turn: 1, status: 'running' };
    expect(attempts).toMatchObject([expected]);
    const elsewhere = await home.controlPlane.node.register({ nodeId: 'elsewhere', name: 'there' });
    expect(elsewhere.attempts).toEqual([]);
  });

  it('G13 is told of one whose turn is over, which needs its host no more', async () => {
    const { home, attemptId } = await atWork('implementer');
    const isTurnOver = async (): Promise<boolean | undefined> =>
      (await home.node.register()).attempts.find((attempt) => attempt.attemptId === attemptId)?.isTurnOver;
    expect(await isTurnOver()).toBe(false);
    await home.node.endTurn({ attemptId, epoch: 1 }, 1, completed({ kind: 'work', summary: 'done' }, ''));
    expect(await isTurnOver()).toBe(true);
  });

  it('is told of them also when another run cannot be read', async () => {
    const path = join(temporaryFolder(), 'tina.db');
    const home = await openHome({ path });
    home.node.script.turn = () => null;
    const broken = await home.startRun();
    const good = await home.startRun({ fresh: true, feature: 'good' });
    await home.node.work();
    spoil(path, 'delete from events where number = 3 and run_id = ?', broken);
    const again = await openHome({ path, name: 'y' });
    const { attempts } = await again.node.register();
    expect(attempts.map((attempt) => attempt.runId)).toEqual([good]);
    expect(again.errors).toMatchObject([{ code: 'run_damaged', next: [`tina verify ${broken}`] }]);
    expect(await refusalOf(again.call('run.get', { run: broken }))).toMatchObject({ code: 'run_damaged' });
  });
});

describe('G15 an attempt whose limit is over', () => {
  it('waits for a place on its node, and is named to the node that comes back meanwhile', async () => {
    const home = await openHome();
    const resetAt = home.clock.now() + 3_600_000;
    home.node.script.turn = ({ turn }) => (turn === 1 ? failedTurn('limit', resetAt) : null);
    const run = await home.startRun();
    await home.node.work();
    const [attemptId = ''] = home.node.starts.keys();
    expect((await home.node.register()).attempts).toMatchObject([{ attemptId, turn: 1, status: 'parked' }]);
    home.node.parked.add(attemptId);
    home.node.agentCapacity = 0;
    home.clock.advance(3_600_000);
    const timer = await home.store.dueTimers(home.clock.now(), 1);
    expect(timer).toHaveLength(1);
    home.controlPlane.start();
    await expect.poll(async () => (await home.store.listJobs({ runId: run })).length).toBe(1);

    await home.node.work();
    expect((await home.store.listJobs({})).map(({ job, status }) => [job.kind, status])).toEqual([
      ['continue-agent', 'queued'],
    ]);
    expect((await home.node.register()).attempts).toMatchObject([{ attemptId, turn: 2, status: 'waking' }]);
    home.node.agentCapacity = 1;
    await home.node.work();
    expect(await home.store.listJobs({})).toEqual([]);
    expect((await home.node.register()).attempts).toMatchObject([{ attemptId, turn: 2, status: 'running' }]);
  });
});

describe('what a node says of an attempt', () => {
  it('of nobody is refused', async () => {
    const home = await openHome();
    const { node } = home.controlPlane;
    const nobody = { attemptId: 'nobody', epoch: 1 };
    const refused = { ok: false, code: 'unknown_attempt', message: expect.any(String) as string };
    expect(await node.beginAttempt({ ...nobody, jobId: 'none' })).toEqual(refused);
    expect(await node.warn({ ...nobody, frame: 1, message: 'slow' })).toEqual(refused);
    expect(await node.endTurn({ ...nobody, turn: 1, outcome: completed(null) })).toEqual(refused);
    expect(await node.report({ ...nobody, report: { kind: 'work', summary: '' } })).toEqual(refused);
  });

  it('with an earlier epoch is refused', async () => {
    const { home, attemptId } = await atWork();
    const answer = await home.controlPlane.node.loseAttempt({ attemptId, epoch: 0, reason: 'late' });
    expect(answer).toMatchObject({ ok: false, code: 'stale_attempt' });
  });

  it('as a warning is an event, once for each frame of the host', async () => {
    const { home, run, attemptId } = await atWork();
    for (const frame of [4, 4, 9]) {
      const warning = { attemptId, epoch: 1, frame, message: 'no progress' };
      expect(await home.controlPlane.node.warn(warning)).toEqual({ ok: true });
    }
    const events = await home.call('event.list', { run });
    const warnings = events.filter(({ type }) => type === 'attempt.warned');
    expect(warnings.map(({ data }) => data)).toEqual(
      [4, 9].map((frame) => ({ attemptId, frame, message: 'no progress' })),
    );
  });

  it('as a plan is kept as a document, whether it comes before the end of the turn or with it', async () => {
    const { home, run, token, attemptId } = await atWork('planner');
    const start = home.node.starts.get(attemptId)?.job;
    const baseline = start?.kind === 'start-agent' ? start.startCommit : '';
    const markdown = planOf({ phase: '1', baseline, tasks: 3 });
    await home.call('agent.report', { report: { kind: 'plan', markdown } }, await agent(home, token));
    await home.node.endTurn({ attemptId, epoch: 1 }, 1, failedTurn('crash'));
    await home.node.work();
    const { plan } = (await home.state(run)).phases[0] ?? {};
    expect(plan?.tasks).toHaveLength(3);
    expect(await home.store.readDocument(plan?.document ?? '')).toBe(markdown);
  });

  it('as a plan that fails its lint goes back once with the lines', async () => {
    const { home, run, attemptId } = await atWork('planner');
    const messages: string[] = [];
    home.node.script.turn = (turn) => {
      messages.push(turn.message);
      return null;
    };
    const bad = planOf({ phase: '1', baseline: 'c'.repeat(40) });
    await home.node.endTurn({ attemptId, epoch: 1 }, 1, completed({ kind: 'plan', markdown: bad }));
    await home.node.work();
    expect(messages[0]).toContain('- line 3: ');
    expect((await home.call('run.get', { run })).attempts).toMatchObject([{ turn: 2, status: 'running' }]);
  });
});
