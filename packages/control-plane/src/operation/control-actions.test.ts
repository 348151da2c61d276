import type { ProcedureInput, ProcedureOutput, TinaError } from '@tina/contract';
import type { ControlAction, StoredAction } from '@tina/store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gaps, usualReport } from '../testing/fake-node.test-support.ts';
import { createInput, type Home, newKey, openHome, refusalOf } from '../testing/home.test-support.ts';

/** A run whose named role gets no further, and how it stands. */
async function stuckRun(
  home: Home,
  role: string,
  input: Partial<ProcedureInput<'run.create'>> = {},
): Promise<string> {
  home.node.script.turn = (turn) => (turn.job.role === role ? null : usualReport(turn));
  const run = await home.startRun(input);
  await home.node.work();
  return run;
}

async function taskId(home: Home, run: string, name: string): Promise<string> {
  return (await home.call('task.get', { task: `${run}/${name}` })).id;
}

async function lastAction(home: Home, run: string | null = null): Promise<ControlAction | undefined> {
  return (await home.store.readActions({ runId: run, after: 0, fromEvent: 0, limit: 1_000 })).at(-1);
}

describe('an operator', () => {
  it('pauses a run, which starts nothing more, and resumes it', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    await home.node.work();
    expect(await home.call('run.get', { run })).toMatchObject({ status: 'paused', stopping: 0 });
    expect(await refusalOf(home.call('run.pause', { run, idempotencyKey: newKey() }))).toMatchObject({
      code: 'already_paused',
      next: [`tina resume ${run}`],
    });
    expect(await home.call('run.resume', { run, idempotencyKey: newKey() })).toMatchObject({ runId: run });
    expect(await refusalOf(home.call('run.resume', { run, idempotencyKey: newKey() }))).toMatchObject({
      code: 'not_paused',
    });
    await home.node.work();
    expect((await home.call('run.get', { run })).gates).toHaveLength(1);
  });

  it('pauses a run at once, which stops what runs', async () => {
    const home = await openHome();
    const run = await stuckRun(home, 'planner');
    await home.call('run.pause', { run, now: true, idempotencyKey: newKey() });
    expect((await home.call('run.get', { run })).stopping).toBe(1);
    await home.node.work();
    expect(await home.call('run.get', { run })).toMatchObject({
      status: 'paused',
      stopping: 0,
      attempts: [],
    });
  });

  it('cancels a run, once', async () => {
    const home = await openHome();
    const run = await stuckRun(home, 'validator');
    await home.call('run.cancel', { run, reason: 'wrong design', idempotencyKey: newKey() });
    await home.node.work();
    expect(await home.call('run.get', { run })).toMatchObject({
      status: 'cancelled',
      ending: { kind: 'cancelled', reason: 'wrong design' },
    });
    expect(await refusalOf(home.call('run.cancel', { run, idempotencyKey: newKey() }))).toMatchObject({
      code: 'run_ended',
    });
  });

  it('retries and skips a blocked task, and no other', async () => {
    const home = await openHome();
    home.node.script.turn = (turn) =>
      turn.job.role === 'validator'
        ? { kind: 'validation', status: 'stop', text: 'contradiction' }
        : usualReport(turn);
    const run = await home.startRun();
    await home.node.work();
    const view = await home.call('run.get', { run });
    expect(view).toMatchObject({
      status: 'blocked',
      blocked: [{ taskName: 'validate-design', code: 'validation_stopped', output: 'contradiction' }],
    });
    const task = view.blocked[0]?.taskId ?? '';
    expect(view.blocked[0]?.next).toContain(`tina retry ${task}`);
    await home.call('task.retry', { task, idempotencyKey: newKey() });
    await home.node.work();
    expect((await home.call('run.get', { run })).status).toBe('blocked');
    await home.call('task.skip', { task, reason: 'I know better', idempotencyKey: newKey() });
    expect((await home.call('task.get', { task })).status).toBe('skipped');
    expect(await refusalOf(home.call('task.retry', { task, idempotencyKey: newKey() }))).toMatchObject({
      code: 'task_not_blocked',
    });
    expect(
      await refusalOf(home.call('task.skip', { task, reason: 'again', idempotencyKey: newKey() })),
    ).toMatchObject({ code: 'task_over' });
  });

  it('answers the gates of plan and review, and chooses the end', async () => {
    const home = await openHome();
    const run = await home.startRun({ preset: 'strict' });
    await home.node.work();
    const [plan] = await home.call('gate.list', { run });
    expect(plan).toMatchObject({
      kind: 'plan',
      status: 'open',
      next: [`tina task ${run}/plan-phase-1`, `tina approve ${plan?.id}`, expect.any(String)],
    });
    const planned = await home.call('task.get', { task: `${run}/plan-phase-1` });
    expect(planned.body).toContain('### Task 1');
    await home.call('gate.reject', { gate: plan?.id ?? '', comment: 'smaller', idempotencyKey: newKey() });
    expect(
      await refusalOf(home.call('gate.approve', { gate: plan?.id ?? '', idempotencyKey: newKey() })),
    ).toMatchObject({ code: 'gate_answered' });
    await home.node.work();

    for (
      let open = await home.call('gate.list', {});
      open[0]?.kind !== 'finalize';
      open = await home.call('gate.list', {})
    ) {
      const gate = open[0]?.id ?? '';
      await home.call('gate.approve', { gate, comment: 'fine', idempotencyKey: newKey() });
      await home.node.work();
    }
    expect((await home.call('task.get', { task: `${run}/review-phase-1` })).body).toBe('Good.');
    const [end] = await home.call('gate.list', { run });
    expect(end?.next).toContain(`tina finalize ${run} --merge`);
    expect(
      await refusalOf(home.call('gate.approve', { gate: end?.id ?? '', idempotencyKey: newKey() })),
    ).toMatchObject({ code: 'choose_ending' });
    home.machine.facts.hasPushRemote = false;
    expect(
      await refusalOf(home.call('run.finalize', { run, choice: 'pr', idempotencyKey: newKey() })),
    ).toMatchObject({
      code: 'no_remote',
      next: expect.arrayContaining(['git remote add origin <url>']) as string[],
    });
    expect((await home.call('gate.list', { run })).map(({ id }) => id)).toEqual([end?.id]);
    await home.call('run.finalize', { run, choice: 'keep', idempotencyKey: newKey() });
    await home.node.work();
    expect((await home.call('run.get', { run })).ending).toEqual({ kind: 'kept', branch: 'tina/shelf' });
    expect(
      await refusalOf(home.call('run.finalize', { run, choice: 'merge', idempotencyKey: newKey() })),
    ).toMatchObject({ code: 'run_ended' });
  });

  it('is refused with what to type when there is no such thing', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const early = { run, choice: 'merge', idempotencyKey: newKey() } as const;
    const refusals: readonly (readonly [string, Promise<unknown>])[] = [
      ['no_such_run', home.call('run.pause', { run: 'nobody', idempotencyKey: newKey() })],
      ['no_such_run', home.call('run.get', { run: 'nobody' })],
      ['no_such_task', home.call('task.retry', { task: 'nothing', idempotencyKey: newKey() })],
      ['no_such_task', home.call('task.get', { task: `${run}/nothing` })],
      ['no_such_run', home.call('task.get', { task: 'nobody/finalize' })],
      ['no_such_gate', home.call('gate.approve', { gate: 'none', idempotencyKey: newKey() })],
      ['no_such_attempt', home.call('attempt.get', { attempt: 'none' })],
      ['not_ready', home.call('run.finalize', early)],
      [
        'task_needed',
        home.call('task.skip', { task: `${run}/setup-worktree`, reason: 'x', idempotencyKey: newKey() }),
      ],
    ];
    for (const [code, call] of refusals) {
      const refusal = await refusalOf(call);
      expect(refusal.code).toBe(code);
      expect(refusal.next).not.toEqual([]);
    }
  });
});

describe('G03 the same key', () => {
  it('has one effect and one answer, however often and however close together it is used', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const input = { run, idempotencyKey: newKey() };
    const answers = await Promise.all(Array.from({ length: 5 }, () => home.call('run.pause', input)));
    answers.push(await home.call('run.pause', input));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await home.call('run.resume', { run, idempotencyKey: newKey() });
    expect(await home.call('run.pause', input)).toEqual(answers[0]);
    expect((await home.state(run)).control).toBe('active');
    const events = await home.call('event.list', { run });
    expect(events.filter((event) => event.type === 'run.paused')).toHaveLength(1);
  });

  it('is refused in the same words as the first time, also when it would be allowed by now', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const input = { run, idempotencyKey: newKey() };
    const refusals = await Promise.all(
      Array.from({ length: 4 }, () => refusalOf(home.call('run.resume', input))),
    );
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    refusals.push(await refusalOf(home.call('run.resume', input)));
    expect(refusals[0]?.code).toBe('not_paused');
    for (const refusal of refusals) expect(refusal.toData()).toEqual(refusals[0]?.toData());
    expect((await home.state(run)).control).toBe('paused');
  });

  it('starts one run, also when it is used at once, and answers with it after that has ended', async () => {
    const home = await openHome();
    const input = createInput({ fresh: true });
    const started = await Promise.all(Array.from({ length: 5 }, () => home.call('run.create', input)));
    expect(new Set(started.map((each) => JSON.stringify(each))).size).toBe(1);
    const run = started[0]?.runId ?? '';
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    expect(await home.call('run.create', input)).toEqual(started[0]);
    expect(await home.call('run.list', {})).toHaveLength(1);
  });

  it('of a design that was found to have a run does not start another when that has ended', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const input = createInput();
    const found = await home.call('run.create', input);
    expect(found.outcome).toBe('found');
    await home.node.register();
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    expect(await home.call('run.create', input)).toEqual(found);
    expect(await home.call('run.list', {})).toHaveLength(1);
  });

  it('of a run that was refused stays refused', async () => {
    const home = await openHome();
    home.machine.facts.dirtyFiles = ['a.ts'];
    const input = createInput();
    const first = await refusalOf(home.call('run.create', input));
    home.machine.facts.dirtyFiles = [];
    expect((await refusalOf(home.call('run.create', input))).toData()).toEqual(first.toData());
    expect((await home.call('run.create', createInput())).outcome).toBe('started');
  });

  it('cleans up once', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.register();
    await home.node.work();
    home.machine.facts.leftovers = [leftover(run, 'slot-1', 'remove'), leftover(run, 'tina/shelf', 'keep')];
    const input = { run, idempotencyKey: newKey() };
    const cleaned = await Promise.all([home.call('run.cleanup', input), home.call('run.cleanup', input)]);
    expect(cleaned[0]).toEqual(cleaned[1]);
    expect(home.machine.facts.removed).toEqual(['slot-1']);
  });

  it.each<[string, (home: Home, run: string, idempotencyKey: string) => Promise<unknown>]>([
    [
      'with another payload',
      (home, run, idempotencyKey) => home.call('run.pause', { run, idempotencyKey, now: true }),
    ],
    ['for something else', (home, run, idempotencyKey) => home.call('run.cancel', { run, idempotencyKey })],
    ['for a new run', (home, _, idempotencyKey) => home.call('run.create', createInput({ idempotencyKey }))],
  ])('is refused %s', async (_, call) => {
    const home = await openHome();
    const run = await home.startRun();
    const idempotencyKey = newKey();
    await home.call('run.pause', { run, idempotencyKey });
    const before = await home.store.lastSequence();
    expect(await refusalOf(call(home, run, idempotencyKey))).toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(await home.store.lastSequence()).toBe(before);
    expect(await home.store.readActions({ runId: run, after: 0, fromEvent: 0, limit: 10 })).toHaveLength(2);
  });

  it('is refused for another design of the same path', async () => {
    const home = await openHome();
    const input = createInput();
    await home.call('run.create', input);
    const other = home.call('run.create', { ...input, designText: `${input.designText}\nMore.\n` });
    expect(await refusalOf(other)).toMatchObject({ code: 'idempotency_key_reused' });
  });
});

function leftover(
  runId: string,
  name: string,
  action: 'remove' | 'keep',
): ProcedureOutput<'run.cleanup'>[number] {
  return { runId, kind: 'worktree', name, bytes: 1, action, why: 'the run has ended' };
}

describe('G28 every action is logged', () => {
  it('with who asked, for what, when, and what came of it', async () => {
    const home = await openHome();
    const run = await home.startRun();
    home.clock.advance(60_000);
    const idempotencyKey = newKey();
    await home.call('run.pause', { run: 'shelf', idempotencyKey }, { kind: 'operator', name: 'grace' });
    expect(await lastAction(home)).toMatchObject({
      idempotencyKey,
      runId: run,
      kind: 'run.pause',
      requestedBy: 'grace',
      payload: '{"now":false,"run":"shelf"}',
      outcome: 'done',
      reasonCode: null,
      requestedAt: home.clock.now(),
    });
  });

  it('also when it was refused, by the run or because there is none', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await refusalOf(home.call('run.resume', { run, idempotencyKey: newKey() }));
    expect(await lastAction(home)).toMatchObject({
      runId: run,
      outcome: 'rejected',
      reasonCode: 'not_paused',
    });
    home.clock.advance(1);
    await refusalOf(home.call('run.pause', { run: 'nobody', idempotencyKey: newKey() }));
    expect(await lastAction(home)).toMatchObject({
      runId: null,
      outcome: 'rejected',
      reasonCode: 'no_such_run',
    });
    home.clock.advance(1);
    await refusalOf(home.call('run.create', createInput({ fresh: true, feature: '-' })));
    expect(await lastAction(home)).toMatchObject({
      runId: null,
      kind: 'run.create',
      reasonCode: 'bad_feature_name',
    });
  });

  it('a started run without the text of its design, which is kept once', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const action = await lastAction(home, run);
    expect(action).toMatchObject({ kind: 'run.create', outcome: 'done' });
    expect(action?.payload).toContain('"designHash"');
    expect(action?.payload).not.toContain('Phase 1');
  });

  it('G29 also what an agent tried and may not, once for the same try; what it only looks at is none', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const agent = { kind: 'agent', runId: run, attemptId: `${run}-a1`, epoch: 1 } as const;
    const tries = [
      home.call('run.cancel', { run, reason: 'no more', idempotencyKey: newKey() }, agent),
      home.call('run.cancel', { run, reason: 'no more', idempotencyKey: newKey() }, agent),
      home.call('run.create', createInput({ designText: 'x'.repeat(5_000) }), agent),
      home.call('run.list', {}, agent),
    ];
    for (const each of tries) {
      const { code, next } = await refusalOf(each);
      expect([code, next]).toEqual(['not_allowed', ['tina report --help']]);
    }
    const [, ...logged] = await home.call('action.list', { run });
    const designPath = createInput().designPath;
    expect(logged).toMatchObject([
      { kind: 'run.cancel', requestedBy: `agent ${run}-a1`, outcome: 'rejected', reasonCode: 'not_allowed' },
      { kind: 'run.create', requestedBy: `agent ${run}-a1`, input: { designPath } },
    ]);
    expect(logged[0]?.input).toEqual({ run, reason: 'no more' });
    expect(logged[1]?.input).not.toHaveProperty('designText');
    expect((await home.state(run)).control).toBe('active');
  });

  it('of one agent that goes on trying only so much, with a last entry that says so', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'tina-')), 'tina.db');
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    const first = await openHome({ path });
    const run = await first.startRun();
    const goOn = async (home: Home, attempt: number, from: number, to: number): Promise<void> => {
      const agent = { kind: 'agent', runId: run, attemptId: `${run}-a${attempt}`, epoch: 1 } as const;
      for (let count = from; count <= to; count += 1) {
        const reason = `try ${count}`;
        const refusal = await refusalOf(
          home.call('run.cancel', { run, reason, idempotencyKey: newKey() }, agent),
        );
        expect(refusal).toMatchObject({ code: 'not_allowed', message: 'An agent may not call run.cancel.' });
      }
    };
    const loggedOf = async (attempt: number): Promise<readonly StoredAction[]> => {
      const all = await first.store.readActions({ runId: run, after: 0, fromEvent: 0, limit: 1_000 });
      return all.filter(({ requestedBy }) => requestedBy === `agent ${run}-a${attempt}`);
    };
    await goOn(first, 1, 1, 60);
    // Another daemon on the same store counts on from there; what was tried already is nothing new.
    const second = await openHome({ path, name: 'y' });
    await goOn(second, 1, 1, 130);
    await goOn(second, 2, 1, 1);
    const logged = await loggedOf(1);
    expect(logged).toHaveLength(101);
    expect(logged.at(-2)?.payload).toContain('try 100');
    expect(logged.at(-1)).toMatchObject({
      kind: 'agent.refused',
      runId: run,
      outcome: 'rejected',
      payload: '{}',
    });
    expect(logged.at(-1)?.answer).toContain('More tries');
    expect(await loggedOf(2)).toHaveLength(1);
    const [view] = (await second.call('action.list', { run })).slice(-2);
    expect(view).toMatchObject({ kind: 'agent.refused', reasonCode: 'not_allowed' });
  });

  it('a clean-up with the run it was about; looking at what would go is none', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const active = await refusalOf(home.call('run.cleanup', { run, idempotencyKey: newKey() }));
    expect(active).toMatchObject({ code: 'run_active', next: [`tina cancel ${run}`] });
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    home.machine.facts.leftovers = [leftover(run, 'slot-1', 'remove')];
    home.clock.advance(1);
    expect(await home.call('run.cleanup', { dryRun: true, idempotencyKey: newKey() })).toHaveLength(1);
    expect(home.machine.facts.removed).toEqual([]);
    expect((await lastAction(home))?.kind).not.toBe('run.cleanup');
    home.clock.advance(1);
    await home.call('run.cleanup', { idempotencyKey: newKey() });
    expect(await lastAction(home)).toMatchObject({ kind: 'run.cleanup', runId: null, outcome: 'done' });
    expect(home.machine.leftoverQueries.at(-1)).toMatchObject({
      runId: run,
      branch: 'tina/shelf',
      tip: null,
      isBranchInUse: false,
    });
  });

  it('a clean-up leaves in the store what tells of the run, and not the tokens of its agents', async () => {
    const home = await openHome();
    const run = await stuckRun(home, 'planner');
    const token = [...home.node.starts.values()].at(-1)?.agent?.token ?? '';
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    const before = await home.call('timeline.list', { run });
    await home.call('run.cleanup', { run, dryRun: true, idempotencyKey: newKey() });
    expect(await home.controlPlane.node.authenticate(token)).not.toBeNull();
    await home.call('run.cleanup', { run, idempotencyKey: newKey() });
    expect(await home.controlPlane.node.authenticate(token)).toBeNull();
    expect((await home.call('timeline.list', { run })).slice(0, -1)).toEqual(before);
    expect(await home.call('run.verify', { run })).toMatchObject([{ clean: true }]);
  });

  it('G22 a clean-up answers what had to stay, and removes a branch only for the newest run that had it', async () => {
    const home = await openHome();
    const startAndCancel = async (): Promise<string> => {
      const run = await home.startRun();
      await home.call('run.cancel', { run, idempotencyKey: newKey() });
      await home.node.work();
      home.clock.advance(1);
      return run;
    };
    const first = await startAndCancel();
    home.machine.facts.leftovers = [leftover(first, 'slot-1', 'remove')];
    home.machine.facts.held.add('slot-1');
    const kept = { ...leftover(first, 'slot-1', 'keep'), why: 'no space' };
    expect(await home.call('run.cleanup', { idempotencyKey: newKey() })).toEqual([kept]);
    const queries = async (run?: string): Promise<unknown> => {
      home.machine.leftoverQueries.length = 0;
      await home.call('run.cleanup', { ...(run && { run }), dryRun: true, idempotencyKey: newKey() });
      return home.machine.leftoverQueries.map(({ runId, isBranchInUse }) => [runId, isBranchInUse]);
    };
    expect(await queries(first)).toEqual([[first, false]]);
    const second = await home.startRun();
    expect(await queries(), 'it has not ended').toEqual([[first, true]]);
    await home.call('run.cancel', { run: second, idempotencyKey: newKey() });
    await home.node.work();
    expect(await queries()).toEqual([
      [second, false],
      [first, true],
    ]);
    expect(await queries(first)).toEqual([[first, true]]);
  });
});

describe('an error of Tina itself', () => {
  it('is no answer: the same key may ask again', async () => {
    const home = await openHome();
    const input = createInput();
    home.machine.facts.onInspect = () => Promise.reject(new Error('the disk has gone'));
    await expect(home.call('run.create', input)).rejects.toThrow('the disk has gone');
    home.machine.facts.onInspect = () => Promise.resolve();
    expect((await home.call('run.create', input)).outcome).toBe('started');
  });
});

describe('a review with gaps', () => {
  it('leaves findings that a person can see', async () => {
    const home = await openHome();
    home.node.script.turn = (turn) =>
      turn.job.role === 'reviewer' ? gaps(turn, 'no index') : usualReport(turn);
    const run = await home.startRun();
    await home.node.work();
    const view = await home.call('run.get', { run });
    expect(view).toMatchObject({ status: 'blocked', blocked: [{ code: 'remediation_limit' }] });
    const review = await home.call('task.get', { task: await taskId(home, run, 'review-phase-1') });
    expect(review.findings.map((finding) => finding.message)).toContain('no index');
    const error: TinaError = await refusalOf(
      home.call('run.finalize', { run, choice: 'keep', idempotencyKey: newKey() }),
    );
    expect(error.code).toBe('not_ready');
  });
});
