import { describe, expect, it } from 'vitest';
import type { NodeCommand, OperatorCommand } from '../command.ts';
import { inboxOf, messagesFor, messageStatus, openQuestions, questionStatus } from '../message/mailbox.ts';
import { MAX_MESSAGE_TURNS, type Message } from '../message/message.ts';
import { fails, findsGaps } from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

type Said =
  Exclude<NodeCommand, { kind: 'complete-job' }> extends infer Command
    ? Command extends { readonly attemptId: string }
      ? Omit<Command, 'attemptId' | 'epoch'>
      : never
    : never;

const TASK = 'phase-1-task-1';
const OTHER = 'phase-1-task-2';

/** Two implementers at work at the same time. */
function working(): SimulatedRun {
  const plans = { 1: [{ review: 'spec' }, { review: 'none' }] };
  const run = new SimulatedRun({ plans, policy: { parallelAgents: 2 } });
  return run.until(() => [TASK, OTHER].every((name) => run.attempts(name).at(-1)?.status === 'running'));
}

/** What the agent of a task says, with its identity. */
function saidBy(run: SimulatedRun, name: string, said: Said): NodeCommand {
  const { id, epoch } = run.attempt(name);
  return { ...said, attemptId: id, epoch };
}

function toAttempt(run: SimulatedRun, name: string, text = 'hello'): OperatorCommand {
  return { kind: 'send-message', to: { kind: 'attempt', attemptId: run.attempt(name).id }, text };
}

function toTask(run: SimulatedRun, name: string, text = 'hello'): OperatorCommand {
  return { kind: 'send-message', to: { kind: 'task', taskId: run.task(name).id }, text };
}

const deliver = (run: SimulatedRun, name: string, messageId: string): NodeCommand =>
  saidBy(run, name, { kind: 'deliver-message', messageId, mode: 'in-turn' });

const write = (run: SimulatedRun, to: Extract<Said, { kind: 'write-message' }>['to']): NodeCommand =>
  saidBy(run, TASK, { kind: 'write-message', to, text: 'psst' });

const messages = (run: SimulatedRun): readonly Message[] => Object.values(run.state.messages);
const inbox = (run: SimulatedRun, name: string): readonly string[] =>
  inboxOf(run.state, run.attempt(name)).map(({ id }) => id);

describe('a message of an operator', () => {
  it('G23 waits for its agent, reaches it once, and is told again without effect', () => {
    const run = working();
    run.accept(toAttempt(run, TASK, 'one'));
    run.accept(toTask(run, TASK, 'two'));
    expect(inbox(run, TASK)).toEqual(['r1-s1', 'r1-s2']);
    expect(inbox(run, OTHER)).toEqual([]);
    expect(run.refusal(deliver(run, TASK, 'r1-s2'))).toBe('out_of_order');
    expect(run.refusal(deliver(run, OTHER, 'r1-s1'))).toBe('no_such_message');
    expect(run.refusal(deliver(run, TASK, 'r1-s9'))).toBe('no_such_message');
    run.accept(deliver(run, TASK, 'r1-s1'));
    const before = run.state;
    run.accept(deliver(run, TASK, 'r1-s1'));
    expect(run.state).toBe(before);
    run.accept(deliver(run, TASK, 'r1-s2'));
    expect(messages(run).map((message) => messageStatus(run.state, message))).toEqual([
      'delivered',
      'delivered',
    ]);
    expect(messagesFor(run.state, run.attempt(TASK)).map(({ text }) => text)).toEqual(['one', 'two']);
    expect(messagesFor(run.state, run.attempt(OTHER))).toEqual([]);
    expect(messages(run)[0]?.delivery).toMatchObject({
      attemptId: run.attempt(TASK).id,
      turn: 1,
      mode: 'in-turn',
    });
    run.assertReplay();
  });

  it('G24 is read by its agent in order, as far as it wants', () => {
    const run = working();
    for (const text of ['one', 'two', 'three']) run.accept(toAttempt(run, TASK, text));
    const statuses = messagesFor(run.state, run.attempt(TASK)).map((message) =>
      messageStatus(run.state, message),
    );
    expect(statuses).toEqual(['waiting', 'waiting', 'waiting']);
    expect(run.refusal(saidBy(run, TASK, { kind: 'read-messages', upTo: 'r1-s9' }))).toBe('no_such_message');
    run.accept(saidBy(run, TASK, { kind: 'read-messages', upTo: 'r1-s2' }));
    expect(inbox(run, TASK)).toEqual(['r1-s3']);
    const before = run.state;
    run.accept(saidBy(run, TASK, { kind: 'read-messages', upTo: 'r1-s2' }));
    expect(run.state).toBe(before);
  });

  it('gives its agent one more turn before the report counts, and no more than a few', () => {
    const run = working();
    for (let turn = 1; turn <= MAX_MESSAGE_TURNS + 1; turn += 1) {
      run.accept(toAttempt(run, TASK));
      run.until(() => run.attempt(TASK).turn > turn || run.attempt(TASK).status === 'succeeded');
    }
    const { returned, status } = run.attempt(TASK);
    expect(returned).toEqual(Array.from({ length: MAX_MESSAGE_TURNS }, () => 'message'));
    expect(status).toBe('succeeded');
    expect(messages(run).map((message) => messageStatus(run.state, message))).toContain('dead');
    expect(run.toRest().status).toBe('complete');
  });

  it('G23 reaches the next attempt when it is for the task, and is dead when it was for the one that ended', () => {
    const run = working();
    run.accept(toAttempt(run, TASK, 'for you'));
    run.accept(toTask(run, TASK, 'for whoever it is'));
    const { id, epoch } = run.attempt(TASK);
    run.accept({ kind: 'lose-attempt', attemptId: id, epoch, reason: 'gone' });
    expect(messages(run).map((message) => messageStatus(run.state, message))).toEqual(['dead', 'waiting']);
    expect(run.refusal({ kind: 'send-message', to: { kind: 'attempt', attemptId: id }, text: 'x' })).toBe(
      'attempt_ended',
    );
    run.until(() => run.attempts(TASK).length === 2 && run.attempt(TASK).status === 'running');
    expect(inbox(run, TASK)).toEqual(['r1-s2']);
    run.toRest();
    expect(run.refusal(toTask(run, TASK))).toBe('run_ended');
  });

  it('G31 is refused for nobody, for what is over, and when too many wait', () => {
    const run = working();
    const nobody = { kind: 'attempt', attemptId: 'nobody' } as const;
    expect(run.refusal({ kind: 'send-message', to: nobody, text: 'x' })).toBe('no_such_attempt');
    expect(run.refusal({ kind: 'send-message', to: { kind: 'task', taskId: 'none' }, text: 'x' })).toBe(
      'no_such_task',
    );
    expect(run.refusal(toTask(run, 'validate-design'))).toBe('task_over');
    for (let count = 0; count < 50; count += 1) run.accept(toAttempt(run, TASK));
    for (let count = 0; count < 50; count += 1) run.accept(toTask(run, TASK));
    expect(run.refusal(toAttempt(run, TASK))).toBe('inbox_full');
    expect(run.refusal(toTask(run, TASK))).toBe('inbox_full');
    run.accept(toAttempt(run, OTHER));
  });

  it('G23 is dead when its task is left out', () => {
    const run = working();
    const { id } = run.task('review-phase-1');
    run.accept(toTask(run, 'review-phase-1'));
    expect(messages(run).map((message) => messageStatus(run.state, message))).toEqual(['waiting']);
    run.accept({ kind: 'skip', taskId: id, reason: 'not needed' });
    expect(messages(run).map((message) => messageStatus(run.state, message))).toEqual(['dead']);
  });

  it('says who is at work, or that nobody is', () => {
    const run = working();
    const to = { kind: 'attempt', attemptId: 'nobody' } as const;
    const handled = run.send({ kind: 'send-message', to, text: 'x' });
    expect(handled).toMatchObject({
      rejection: {
        next: [TASK, OTHER].map(
          (name) => `tina send ${run.attempt(name).id} "..."  (implementer at ${name})`,
        ),
      },
    });
    const stuck = new SimulatedRun({ script: { validator: () => fails('authentication') } }).toRest();
    expect(stuck.send({ kind: 'send-message', to, text: 'x' })).toMatchObject({
      rejection: { next: ['tina status r1  (nobody is at work)'] },
    });
  });
});

describe('a message of an agent', () => {
  it('goes to another attempt, to a task, to everyone of a role, or to people', () => {
    const run = working();
    const other = run.attempt(OTHER).id;
    run.accept(write(run, { kind: 'attempt', attemptId: other }));
    run.accept(write(run, { kind: 'task', taskId: run.task(OTHER).id }));
    run.accept(write(run, { kind: 'role', role: 'implementer' }));
    run.accept(write(run, { kind: 'operator' }));
    expect(inbox(run, OTHER)).toEqual(['r1-s1', 'r1-s2', 'r1-s3']);
    expect(messages(run).at(-1)).toMatchObject({ from: run.attempt(TASK).id, to: { kind: 'operator' } });
    expect(messageStatus(run.state, messages(run).at(-1) as Message)).toBe('kept');
    // Only a person's word keeps a report from counting.
    expect(run.toRest().status).toBe('complete');
    expect(messages(run).map((message) => messageStatus(run.state, message))).toEqual([
      'dead',
      'dead',
      'dead',
      'kept',
    ]);
    run.assertReplay();
  });

  it('G31 is refused to nobody, to itself, and beyond what one may write', () => {
    const run = working();
    const own = { kind: 'attempt', attemptId: run.attempt(TASK).id } as const;
    expect(run.refusal(write(run, own))).toBe('nobody_there');
    expect(run.refusal(write(run, { kind: 'attempt', attemptId: 'nobody' }))).toBe('nobody_there');
    expect(run.refusal(write(run, { kind: 'task', taskId: run.task(TASK).id }))).toBe('nobody_there');
    expect(run.refusal(write(run, { kind: 'task', taskId: 'none' }))).toBe('nobody_there');
    expect(run.refusal(write(run, { kind: 'task', taskId: run.task('validate-design').id }))).toBe(
      'nobody_there',
    );
    expect(run.refusal(write(run, { kind: 'role', role: 'planner' }))).toBe('nobody_there');
    for (let count = 0; count < 50; count += 1)
      run.accept(write(run, { kind: 'attempt', attemptId: run.attempt(OTHER).id }));
    expect(run.refusal(write(run, { kind: 'role', role: 'implementer' }))).toBe('inbox_full');
    for (let count = 0; count < 50; count += 1) run.accept(write(run, { kind: 'operator' }));
    expect(run.refusal(write(run, { kind: 'operator' }))).toBe('too_many_messages');
  });

  it('is refused before the first turn and after the end', () => {
    const run = new SimulatedRun();
    const job = run.job('start-agent');
    if (job.kind !== 'start-agent') throw new Error('no start');
    run.accept({ kind: 'begin-attempt', attemptId: job.attemptId, jobId: job.jobId, epoch: job.epoch });
    const base = { attemptId: job.attemptId, epoch: job.epoch };
    expect(run.refusal({ kind: 'deliver-message', ...base, messageId: 'r1-s1', mode: 'in-turn' })).toBe(
      'not_started',
    );
    run.toRest();
    expect(run.refusal({ kind: 'write-message', ...base, to: { kind: 'operator' }, text: 'x' })).toBe(
      'stale_attempt',
    );
  });
});

describe('a question', () => {
  const ask = (run: SimulatedRun): NodeCommand =>
    saidBy(run, TASK, { kind: 'ask-question', text: 'why?', choices: ['so'] });

  it('is answered once, and the answer is a message to who asked', () => {
    const run = working();
    run.accept(ask(run));
    expect(openQuestions(run.state).map(({ id }) => id)).toEqual(['r1-q1']);
    run.accept({ kind: 'answer-question', questionId: 'r1-q1', answer: 'because' });
    expect(inboxOf(run.state, run.attempt(TASK))).toMatchObject([
      { text: 'because', answers: 'r1-q1', from: null },
    ]);
    expect(openQuestions(run.state)).toEqual([]);
    expect(run.refusal({ kind: 'answer-question', questionId: 'r1-q1', answer: 'no' })).toBe(
      'question_answered',
    );
    expect(run.refusal({ kind: 'answer-question', questionId: 'r1-q2', answer: 'no' })).toBe(
      'no_such_question',
    );
    run.assertReplay();
  });

  it('G05 that nobody answers holds nothing up, and is closed with its attempt', () => {
    const run = working();
    run.accept(ask(run));
    run.until(() => run.attempt(TASK).role !== 'implementer');
    const [question] = Object.values(run.state.questions);
    expect(question && questionStatus(run.state, question)).toBe('closed');
    expect(run.refusal({ kind: 'answer-question', questionId: 'r1-q1', answer: 'late' })).toBe(
      'question_closed',
    );
    expect(run.toRest().status).toBe('complete');
  });

  it('is refused when too many were asked', () => {
    const run = working();
    for (let count = 0; count < 20; count += 1) run.accept(ask(run));
    expect(run.refusal(ask(run))).toBe('too_many_questions');
  });
});

describe('progress', () => {
  it('G25 is kept as the newest word, and not more often than every few seconds', () => {
    const run = working();
    const tell = (message: string): void => run.accept(saidBy(run, TASK, { kind: 'tell-progress', message }));
    tell('one');
    tell('two');
    expect(run.attempt(TASK).progress?.message).toBe('one');
    run.now += 5_000;
    tell('three');
    expect(run.attempt(TASK).progress).toEqual({ message: 'three', at: run.now });
    expect(run.eventsOf('attempt.progressed')).toHaveLength(2);
  });
});

it('tells whoever looks after the attempt that something came, or was taken', () => {
  const run = working();
  const told = (command: OperatorCommand | NodeCommand): readonly unknown[] => {
    const handled = run.send(command);
    if (!handled.ok) throw new Error(handled.rejection.code);
    return handled.effects
      .filter(({ kind }) => kind === 'tell-attempt')
      .map((effect) => 'attemptId' in effect && effect.attemptId);
  };
  const { id } = run.attempt(TASK);
  expect(told(toAttempt(run, TASK))).toEqual([id]);
  expect(told(toTask(run, TASK))).toEqual([id]);
  expect(told(toTask(run, 'review-phase-1'))).toEqual([]);
  expect(told(write(run, { kind: 'operator' }))).toEqual([]);
  expect(told(deliver(run, TASK, 'r1-s1'))).toEqual([]);
  expect(told(saidBy(run, TASK, { kind: 'read-messages', upTo: 'r1-s2' }))).toEqual([id]);
});

it('G18 a report that is sent back for a message is judged anew in the next turn', () => {
  const run = new SimulatedRun({
    script: { reviewer: (turn) => (turn.turn === 1 ? findsGaps(turn, ['a gap']) : undefined) },
  });
  run.untilRunning('review-phase-1');
  run.accept(toAttempt(run, 'review-phase-1'));
  run.toRest();
  expect(run.status).toBe('complete');
  expect(Object.values(run.state.findings)).toEqual([]);
});
