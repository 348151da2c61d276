import { found, known } from '../lookup.ts';
import type { Handlers } from './handlers.ts';
import { patchAttempt } from './patch.ts';

type MessageEvent =
  | 'message.sent'
  | 'message.delivered'
  | 'question.asked'
  | 'question.answered'
  | 'attempt.progressed';

/** Events about what agents and people say to one another. */
export const messageHandlers: Handlers<MessageEvent> = {
  'message.sent': (state, { messageId: id, ...facts }, at) => ({
    ...state,
    messages: { ...state.messages, [id]: { id, ...facts, sentAt: at, delivery: null } },
  }),
  'message.delivered': (state, { messageId, ...delivery }, at) => {
    const message = known(found(state.messages, messageId), `message ${messageId}`);
    return {
      ...state,
      messages: { ...state.messages, [messageId]: { ...message, delivery: { ...delivery, at } } },
    };
  },
  'question.asked': (state, { questionId: id, ...facts }, at) => ({
    ...state,
    questions: {
      ...state.questions,
      [id]: { id, ...facts, askedAt: at, answer: null, answeredAt: null },
    },
  }),
  'question.answered': (state, { questionId, answer }, at) => {
    const question = known(found(state.questions, questionId), `question ${questionId}`);
    return {
      ...state,
      questions: { ...state.questions, [questionId]: { ...question, answer, answeredAt: at } },
    };
  },
  'attempt.progressed': (state, { attemptId, message }, at) =>
    patchAttempt(state, attemptId, { progress: { message, at } }),
};
