import { type AgentProcedure, AGENT_VERBS, type ProcedureInput } from '@tina/contract';
import { type Report, type Role, ROLES } from '@tina/domain';
import { describe, expect, it, vi } from 'vitest';
import { serveCall } from '../server/serve.ts';
import type { Caller } from '../server/handler.ts';
import { type FakeTurn, usualReport } from '../testing/fake-node.test-support.ts';
import { planOf } from '../testing/fake-work.test-support.ts';
import { newKey, openHome } from '../testing/home.test-support.ts';

type AgentName = AgentProcedure | 'agent.tools';

/** A run whose agent of a role is at work, and a way to call as that agent. */
async function atWork(role: Role = 'planner') {
  const home = await openHome();
  let attemptId = '';
  let epoch = 0;
  home.node.script.turn = (turn) => {
    if (turn.job.role === role && attemptId === '') {
      ({ attemptId, epoch } = turn.job);
      return null;
    }
    return usual(turn);
  };
  const run = await home.startRun({ finalize: 'keep' });
  await home.node.work();
  const caller: Caller = { kind: 'agent', runId: run, attemptId, epoch };
  const abort = new AbortController();
  const call = async <Name extends AgentName>(name: Name, input: ProcedureInput<Name>, as: Caller = caller) =>
    (await serveCall(
      home.handlers,
      name,
      input,
      { caller: as, token: 'x', signal: abort.signal },
      home.controlPlane.refuseAgent,
    )) as Record<string, unknown>;
  const inbox = () => home.controlPlane.node.inbox({ attemptId, epoch: 1 });
  const send = (text: string) => home.call('message.send', { idempotencyKey: newKey(), to: attemptId, text });
  return { home, run, attemptId, caller, call, inbox, send, abort };
}

describe('what an agent may call', () => {
  it.each(ROLES.filter((role) => role !== 'resolver'))(
    'G29 a %s has the verbs of its row, and the rest is refused and noted',
    async (role) => {
      const { home, run, call, attemptId } = await atWork(role);
      const { tools } = await call('agent.tools', {});
      expect(tools).toEqual(AGENT_VERBS.filter(({ roles }) => roles.includes(role)).map(({ tool }) => tool));
      const inputs: Partial<Record<AgentProcedure, object>> = {
        'agent.ask': { question: 'why?', waitSeconds: 0 },
        'agent.messages.send': { to: 'operator', text: 'psst' },
        'agent.findings': {},
      };
      for (const { procedure, roles } of AGENT_VERBS) {
        const input = inputs[procedure];
        if (!input) continue;
        const outcome = call(procedure, input as never).then(
          () => 'taken',
          (error: unknown) => (error as { code: string }).code,
        );
        expect([procedure, await outcome]).toEqual([
          procedure,
          roles.includes(role) ? 'taken' : 'not_allowed',
        ]);
      }
      const actions = await home.call('action.list', { run });
      const refused = AGENT_VERBS.filter(
        ({ procedure, roles }) => inputs[procedure] && !roles.includes(role),
      );
      expect(
        actions.filter(({ requestedBy }) => requestedBy === `agent ${attemptId}`).map(({ kind }) => kind),
      ).toEqual(refused.map(({ procedure }) => procedure));
    },
  );

  it('G10 G11 nothing of an attempt that has ended, or of another epoch', async () => {
    const { call, caller, home, attemptId } = await atWork();
    await expect(call('agent.task', {}, { ...caller, epoch: 2 })).rejects.toMatchObject({
      code: 'stale_attempt',
    });
    await home.controlPlane.node.loseAttempt({ attemptId, epoch: 1, reason: 'gone' });
    for (const name of ['agent.task', 'agent.usage', 'agent.tools'] as const)
      await expect(call(name, {})).rejects.toMatchObject({ code: 'stale_attempt' });
    expect(await home.controlPlane.node.inbox({ attemptId, epoch: 1 })).toEqual([]);
  });

  it('tells its task, and what it has used', async () => {
    const { call, run, attemptId } = await atWork();
    expect(await call('agent.task', {})).toMatchObject({
      runId: run,
      attemptId,
      role: 'planner',
      taskName: 'plan-phase-1',
      files: [],
      report: 'plan',
      predecessor: null,
      unreadMessages: 0,
    });
    expect(await call('agent.usage', {})).toMatchObject({ attemptId, turn: 1, usage: null });
  });

  it('G31 bad input is refused with its place', async () => {
    const { call } = await atWork();
    await expect(call('agent.progress', { message: 'x'.repeat(501) })).rejects.toMatchObject({
      code: 'bad_input',
      place: { field: 'message' },
    });
    await expect(call('agent.ask', { question: '„'.repeat(10_923) })).rejects.toThrow('at most 32 KiB');
    await expect(call('agent.messages.send', { to: 'nobody', text: 'x' })).rejects.toMatchObject({
      code: 'nobody_there',
      place: { field: 'to' },
    });
    await expect(call('agent.messages.read', { after: 'r1-s9' })).rejects.toMatchObject({
      code: 'no_such_message',
    });
  });
});

describe('an inbox', () => {
  it('G23 G25 is handed to the node in order with who wrote it, and taken by its agent once', async () => {
    const { home, run, attemptId, call, inbox, send } = await atWork();
    const told: string[] = [];
    home.controlPlane.node.onMessages((id) => told.push(id));
    const { messageId } = await send('one');
    await send('two');
    expect(told).toEqual([attemptId, attemptId]);
    expect((await inbox()).map(({ text }) => text)).toEqual([
      `[message ${messageId} from a person]\none`,
      expect.stringContaining('from a person]\ntwo'),
    ]);
    const delivered = { attemptId, epoch: 1, messageId, mode: 'in-turn' } as const;
    expect(await home.controlPlane.node.deliverMessage(delivered)).toEqual({ ok: true });
    expect(await home.controlPlane.node.deliverMessage(delivered)).toEqual({ ok: true });
    expect(await call('agent.messages.read', {})).toMatchObject({ messages: [{ text: 'two' }], more: 0 });
    expect(await call('agent.messages.read', {})).toMatchObject({ messages: [] });
    expect(await call('agent.messages.read', { after: messageId })).toMatchObject({
      messages: [{ text: 'two' }],
    });
    expect(await inbox()).toEqual([]);
    expect((await home.call('message.list', { run })).map(({ delivery }) => delivery?.mode)).toEqual([
      'in-turn',
      'read',
    ]);
  });

  it('gives not more than one call is to take', async () => {
    const { call, send } = await atWork();
    for (let count = 1; count <= 23; count += 1) await send(`${count}`);
    const first = await call('agent.messages.read', {});
    expect([(first['messages'] as unknown[]).length, first['more']]).toEqual([20, 3]);
    expect(await call('agent.messages.read', {})).toMatchObject({
      messages: [{ text: '21' }, { text: '22' }, { text: '23' }],
      more: 0,
    });
  });

  it('a caller can wait until a message is delivered', async () => {
    const { home, call, send } = await atWork();
    const { messageId } = await send('one');
    const waiting = home.call('message.get', { message: messageId, waitMs: 60_000 });
    await call('agent.messages.read', {});
    expect(await waiting).toMatchObject({ status: 'delivered', delivery: { mode: 'read', turn: 1 } });
    await expect(home.call('message.get', { message: 'none', waitMs: 0 })).rejects.toMatchObject({
      code: 'no_such_message',
    });
    await expect(
      home.call('message.send', { idempotencyKey: newKey(), to: 'nobody', text: 'x' }),
    ).rejects.toMatchObject({ code: 'nobody_there' });
  });
});

describe('a question', () => {
  it('G24 G25 its answer is taken by the call that waits, with what came before, and handed over by nobody else', async () => {
    const { home, run, call, inbox, send } = await atWork();
    const asking = call('agent.ask', { question: 'why?', choices: ['so'], waitSeconds: 60 });
    const [question] = await vi.waitUntil(async () => {
      const open = await home.call('question.list', {});
      return open.length > 0 && open;
    });
    expect(question).toMatchObject({
      text: 'why?',
      role: 'planner',
      next: [`tina answer ${question?.id} "so"`],
    });
    await send('before');
    const seen: number[] = [];
    home.controlPlane.node.onMessages(() => void inbox().then((list) => seen.push(list.length)));
    await home.call('question.answer', {
      idempotencyKey: newKey(),
      question: question?.id ?? '',
      answer: 'because',
    });
    expect(await asking).toMatchObject({ answer: 'because', messages: [{ text: 'before' }] });
    await vi.waitUntil(() => seen.length > 1);
    // The answer itself was never among what waits for its host.
    expect(Math.max(...seen)).toBe(1);
    expect(await inbox()).toEqual([]);
    expect((await home.call('run.get', { run })).questions).toEqual([]);
  });

  it('G05 without an answer the call ends, and the answer is a message when it comes', async () => {
    const { home, call, inbox, abort } = await atWork();
    const asked = await call('agent.ask', { question: 'why?', waitSeconds: 0 });
    expect(asked).toMatchObject({ answer: null, messages: [] });
    const waiting = call('agent.ask', { question: 'and why?', waitSeconds: 600 });
    await vi.waitUntil(async () => (await home.call('question.list', {})).length === 2);
    abort.abort();
    expect(await waiting).toMatchObject({ answer: null });
    await home.call('question.answer', {
      idempotencyKey: newKey(),
      question: String(asked['questionId']),
      answer: 'late',
    });
    expect(await inbox()).toMatchObject([
      {
        text: expect.stringContaining(
          `the answer to your question ${String(asked['questionId'])}]\nlate`,
        ) as string,
      },
    ]);
    await expect(
      home.call('question.answer', { idempotencyKey: newKey(), question: 'none', answer: 'x' }),
    ).rejects.toMatchObject({ code: 'no_such_question' });
  });
});

it('G28 what a person writes and answers is in the log with its effect', async () => {
  const { home, run, send } = await atWork();
  await send('hello');
  const actions = await home.call('action.list', { run });
  expect(actions.at(-1)).toMatchObject({ kind: 'message.send', outcome: 'done' });
});

/** As usual, and the plan wants both reviews. */
function usual(turn: FakeTurn): Report {
  if (turn.job.role !== 'planner') return usualReport(turn);
  const phase = turn.assignment.agent?.subject.phase ?? '';
  return {
    kind: 'plan',
    markdown: planOf({ phase, baseline: turn.job.startCommit, review: 'spec+quality' }),
  };
}
