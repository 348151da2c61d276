import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../scenario/step.ts';
import { inPieces, type Answer, type ToolCall, type WrittenAnswer } from './answer.ts';

export function writeAnthropic(answer: Answer): WrittenAnswer {
  const { usage } = answer;
  const input = {
    input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedInputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
  };
  const counts = { ...input, output_tokens: usage.outputTokens };
  const message = {
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    stop_sequence: null,
  };
  const stop = { stop_reason: answer.calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null };
  const text = answer.text === '' ? [] : [{ type: 'text', text: answer.text }];
  const body = { ...message, ...stop, content: [...text, ...answer.calls.map(toolUse)], usage: counts };
  const start = { ...message, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } };
  const pieces = [
    piece('message_start', { message: start }),
    ...blocks(answer),
    piece('message_delta', { delta: stop, usage: counts }),
    piece('message_stop', {}),
  ];
  return { body, pieces };
}

function toolUse(call: ToolCall): JsonObject {
  return { type: 'tool_use', id: call.id, name: call.name, input: call.input };
}

function blocks(answer: Answer): string[] {
  const texts = answer.text === '' ? [] : [answer.text];
  const ofText = texts.flatMap((text) =>
    block(
      0,
      { type: 'text', text: '' },
      inPieces(text).map((part) => ({ type: 'text_delta', text: part })),
    ),
  );
  const ofCalls = answer.calls.flatMap((call, index) =>
    block(
      texts.length + index,
      { ...toolUse(call), input: {} },
      inPieces(JSON.stringify(call.input)).map((part) => ({ type: 'input_json_delta', partial_json: part })),
    ),
  );
  return [...ofText, ...ofCalls];
}

function block(index: number, start: JsonObject, deltas: readonly JsonObject[]): string[] {
  return [
    piece('content_block_start', { index, content_block: start }),
    ...deltas.map((delta) => piece('content_block_delta', { index, delta })),
    piece('content_block_stop', { index }),
  ];
}

function piece(type: string, data: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
