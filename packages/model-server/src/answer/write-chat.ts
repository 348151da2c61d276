import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../scenario/step.ts';
import { inPieces, type Answer, type ToolCall, type WrittenAnswer } from './answer.ts';

export function writeChat(answer: Answer): WrittenAnswer {
  const { usage, calls } = answer;
  const common = { id: `chatcmpl-${randomUUID()}`, created: 0, model: answer.model };
  const counts = {
    prompt_tokens: usage.inputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens: usage.outputTokens,
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
  const finish = calls.length > 0 ? 'tool_calls' : 'stop';
  const message = {
    role: 'assistant',
    content: answer.text === '' ? null : answer.text,
    ...(calls.length > 0 ? { tool_calls: calls.map(toolCall) } : {}),
  };
  const body = {
    ...common,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: counts,
  };
  const chunk = (delta: JsonObject, finish_reason: string | null): string =>
    piece({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  const pieces = [
    chunk({ role: 'assistant', content: '' }, null),
    ...inPieces(answer.text).map((content) => chunk({ content }, null)),
    ...calls.map((call, index) => chunk({ tool_calls: [{ index, ...toolCall(call) }] }, null)),
    chunk({}, finish),
    piece({ ...common, object: 'chat.completion.chunk', choices: [], usage: counts }),
    'data: [DONE]\n\n',
  ];
  return { body, pieces };
}

function toolCall(call: ToolCall): JsonObject {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  };
}

function piece(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
