import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../scenario/step.ts';
import { inPieces, type Answer, type WrittenAnswer } from './answer.ts';

export function writeGemini(answer: Answer): WrittenAnswer {
  const { usage } = answer;
  const calls = answer.calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } }));
  const texts = inPieces(answer.text).map((text) => ({ text }));
  const last = {
    usageMetadata: {
      promptTokenCount: usage.inputTokens,
      cachedContentTokenCount: usage.cachedInputTokens,
      candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
      thoughtsTokenCount: usage.reasoningTokens,
      totalTokenCount: usage.inputTokens + usage.outputTokens,
    },
  };
  const common = { modelVersion: answer.model, responseId: randomUUID() };
  const chunk = (parts: readonly JsonObject[], rest: JsonObject, finishReason?: string): JsonObject => ({
    candidates: [
      {
        content: { role: 'model', parts },
        index: 0,
        ...(finishReason === undefined ? {} : { finishReason }),
      },
    ],
    ...common,
    ...rest,
  });
  const text = answer.text === '' ? [] : [{ text: answer.text }];
  const chunks = [...texts.map((part) => chunk([part], {})), chunk(calls, last, 'STOP')];
  return {
    body: chunk([...text, ...calls], last, 'STOP'),
    pieces: chunks.map((data) => `data: ${JSON.stringify(data)}\n\n`),
  };
}
