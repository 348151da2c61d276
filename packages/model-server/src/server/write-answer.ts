import type { Answer, WrittenAnswer } from '../answer/answer.ts';
import { writeAnthropic } from '../answer/write-anthropic.ts';
import { writeChat } from '../answer/write-chat.ts';
import { writeGemini } from '../answer/write-gemini.ts';
import { writeResponses } from '../answer/write-responses.ts';
import type { Protocol } from '../request/model-request.ts';

const WRITERS: Readonly<Record<Protocol, (answer: Answer) => WrittenAnswer>> = {
  anthropic: writeAnthropic,
  responses: writeResponses,
  chat: writeChat,
  gemini: writeGemini,
};

export function writeAnswer(protocol: Protocol, answer: Answer): WrittenAnswer {
  return WRITERS[protocol](answer);
}
