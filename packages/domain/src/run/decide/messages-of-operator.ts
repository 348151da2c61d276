import type { Decision, OperatorCommand } from '../command.ts';
import type { RunEvent } from '../event.ts';
import { found, taskOf } from '../lookup.ts';
import { questionStatus } from '../message/mailbox.ts';
import { isActive, isOver } from '../queries.ts';
import type { RunState } from '../state.ts';
import { accept, reject } from './decision.ts';
import { isInboxFull, messageId, refuseFullInbox } from './outgoing.ts';

type Of<Kind extends OperatorCommand['kind']> = Extract<OperatorCommand, { kind: Kind }>;

/** A person's word to an agent that is at work, or to whoever works at a task next. */
export function sendMessage(state: RunState, { to, text }: Of<'send-message'>): Decision {
  if (to.kind === 'attempt') {
    const attempt = found(state.attempts, to.attemptId);
    if (!attempt)
      return reject('no_such_attempt', `The run has no attempt ${to.attemptId}.`, ...whoWorks(state));
    if (!isActive(attempt)) {
      const message = `Attempt ${attempt.id} has ended (${attempt.status}), so that nobody would hear it.`;
      return reject('attempt_ended', message, ...whoWorks(state));
    }
  } else {
    const task = found(state.tasks, to.taskId);
    if (!task) return reject('no_such_task', `The run has no task ${to.taskId}.`, ...whoWorks(state));
    if (isOver(task)) {
      const message = `Task ${task.name} is ${task.status}, so that nobody will work at it any more.`;
      return reject('task_over', message, ...whoWorks(state));
    }
  }
  if (isInboxFull(state, to)) return refuseFullInbox();
  const data = { messageId: messageId(state, 1), from: null, to, text, answers: null };
  return accept({ type: 'message.sent', data });
}

/** An answer is a message to the agent that asked, so that it is handed over like any other. */
export function answerQuestion(state: RunState, { questionId, answer }: Of<'answer-question'>): Decision {
  const question = found(state.questions, questionId);
  if (!question)
    return reject('no_such_question', `The run has no question ${questionId}.`, `tina status ${state.id}`);
  const status = questionStatus(state, question);
  if (status === 'answered') {
    return reject(
      'question_answered',
      `Question ${questionId} was answered already: ${question.answer}`,
      `tina send ${question.attemptId} "..."`,
    );
  }
  if (status === 'closed') {
    const message = `Attempt ${question.attemptId}, which asked, has ended, so that nobody would hear the answer.`;
    return reject('question_closed', message, ...whoWorks(state));
  }
  const to = { kind: 'attempt', attemptId: question.attemptId } as const;
  const message: RunEvent = {
    type: 'message.sent',
    data: { messageId: messageId(state, 1), from: null, to, text: answer, answers: questionId },
  };
  return accept({ type: 'question.answered', data: { questionId, answer } }, message);
}

/** Whom a person can write to now. */
function whoWorks(state: RunState): readonly string[] {
  const active = Object.values(state.attempts).filter(isActive);
  if (active.length === 0) return [`tina status ${state.id}  (nobody is at work)`];
  return active.map(({ id, role, taskId }) => {
    return `tina send ${id} "..."  (${role} at ${taskOf(state, taskId).name})`;
  });
}
