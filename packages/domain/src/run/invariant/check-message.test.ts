import { describe, expect, it } from 'vitest';
import type { RecordedEvent, RunEvent } from '../event.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';
import type { RunState } from '../state.ts';
import { checkEvent } from './check-event.ts';

const TASK = 'phase-1-task-1';

function found(state: RunState, event: RunEvent): readonly string[] {
  const recorded: RecordedEvent = { ...event, runId: state.id, number: state.revision + 1, at: 1 };
  return checkEvent(state, recorded).map(({ guarantee, message }) => `${guarantee} ${message}`);
}

/** Two messages wait for an agent that has asked something; another agent has ended. */
function talking(): { readonly run: SimulatedRun; readonly id: string; readonly ended: string } {
  const run = new SimulatedRun().untilRunning(TASK);
  const { id, epoch } = run.attempt(TASK);
  for (const text of ['one', 'two'])
    run.accept({ kind: 'send-message', to: { kind: 'attempt', attemptId: id }, text });
  run.accept({ kind: 'ask-question', attemptId: id, epoch, text: 'why?', choices: [] });
  return { run, id, ended: run.attempt('validate-design').id };
}

const sent = (messageId: string, to: string, from: string | null = null): RunEvent => ({
  type: 'message.sent',
  data: { messageId, from, to: { kind: 'attempt', attemptId: to }, text: 'x', answers: null },
});

const delivered = (messageId: string, attemptId: string): RunEvent => ({
  type: 'message.delivered',
  data: { messageId, attemptId, turn: 1, mode: 'read' },
});

const asked = (questionId: string, attemptId: string): RunEvent => ({
  type: 'question.asked',
  data: { questionId, attemptId, text: 'x', choices: [] },
});

const answered = (questionId: string): RunEvent => ({
  type: 'question.answered',
  data: { questionId, answer: 'x' },
});

describe('what must hold of messages and questions', () => {
  it('finds nothing in what a run says', () => {
    const { run, id } = talking();
    for (const event of [
      sent('r1-s3', id, id),
      delivered('r1-s1', id),
      asked('r1-q2', id),
      answered('r1-q1'),
    ])
      expect(found(run.state, event)).toEqual([]);
    const toPeople: RunEvent = {
      type: 'message.sent',
      data: { messageId: 'r1-s3', from: id, to: { kind: 'operator' }, text: 'x', answers: null },
    };
    expect(found(run.state, toPeople)).toEqual([]);
  });

  it.each<[string, (talk: ReturnType<typeof talking>) => RunEvent, string]>([
    [
      'an id that was given',
      ({ id }) => sent('r1-s1', id),
      'G04 message.sent gives the id r1-s1 a second time.',
    ],
    [
      'a message for one that has ended',
      ({ ended }) => sent('r1-s3', ended),
      'G23 Message r1-s3 was taken for attempt r1-a1, which is not at work.',
    ],
    [
      'a message for nobody',
      () => sent('r1-s3', 'none'),
      'G23 Message r1-s3 was taken for attempt none, which is not at work.',
    ],
    [
      'a message from one that has ended',
      ({ id, ended }) => sent('r1-s3', id, ended),
      'G11 Message r1-s3 was taken from attempt r1-a1, which is not at work.',
    ],
    ['a message that is not there', ({ id }) => delivered('r1-s9', id), 'is not for it.'],
    [
      'a message that is for another',
      ({ ended }) => delivered('r1-s1', ended),
      'G23 Message r1-s1 was delivered to attempt r1-a1, and is not for it.',
    ],
    [
      'a message before an earlier one',
      ({ id }) => delivered('r1-s2', id),
      'G24 Message r1-s2 was delivered before an earlier one.',
    ],
    [
      'a question id that was given',
      ({ id }) => asked('r1-q1', id),
      'G04 question.asked gives the id r1-q1 a second time.',
    ],
    [
      'a question of one that has ended',
      ({ ended }) => asked('r1-q2', ended),
      'G11 Question r1-q2 was taken from attempt r1-a1, which is not at work.',
    ],
    [
      'an answer to nothing',
      () => answered('r1-q9'),
      'G03 Question r1-q9 was answered, and it was not open.',
    ],
  ])('finds %s', (_, eventOf, expected) => {
    const talk = talking();
    expect(found(talk.run.state, eventOf(talk))).toContainEqual(expect.stringContaining(expected));
  });

  it('G25 finds a message that is delivered twice', () => {
    const { run, id } = talking();
    const { epoch } = run.attempt(TASK);
    run.accept({ kind: 'read-messages', attemptId: id, epoch, upTo: 'r1-s1' });
    expect(found(run.state, delivered('r1-s1', id))).toEqual([
      'G25 Message r1-s1 was delivered a second time.',
    ]);
  });
});
