import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../scenario/step.ts';
import { inPieces, type Answer, type ToolCall, type WrittenAnswer } from './answer.ts';

export function writeResponses(answer: Answer): WrittenAnswer {
  const { usage } = answer;
  const response = { id: `resp_${randomUUID()}`, object: 'response', model: answer.model };
  const texts = answer.text === '' ? [] : [message(answer.text)];
  const output = [...texts, ...answer.calls.map(functionCall)];
  const counts = {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
  const body = { ...response, status: 'completed', output, usage: counts };
  const events = [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    ...output.flatMap((item, index) => itemEvents(item, index, answer.text)),
    { type: 'response.completed', response: body },
  ];
  return { body, pieces: events.map(piece) };
}

function message(text: string): JsonObject {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: `msg_${randomUUID()}`, role: 'assistant', status: 'completed', content };
}

function functionCall(call: ToolCall): JsonObject {
  return {
    type: 'function_call',
    id: `fc_${randomUUID()}`,
    call_id: call.id,
    name: call.name,
    ...(call.namespace === null ? {} : { namespace: call.namespace }),
    arguments: JSON.stringify(call.input),
    status: 'completed',
  };
}

type ResponsesEvent = JsonObject & { readonly type: string };

function itemEvents(item: JsonObject, index: number, text: string): ResponsesEvent[] {
  const done = { type: 'response.output_item.done', output_index: index, item };
  if (item['type'] === 'function_call') {
    const begun = { ...item, arguments: '', status: 'in_progress' };
    return [{ type: 'response.output_item.added', output_index: index, item: begun }, done];
  }
  const begun = { ...item, content: [], status: 'in_progress' };
  const place = { item_id: item['id'] ?? null, output_index: index, content_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [] };
  return [
    { type: 'response.output_item.added', output_index: index, item: begun },
    { type: 'response.content_part.added', ...place, part },
    ...inPieces(text).map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: { ...part, text } },
    done,
  ];
}

function piece(event: ResponsesEvent, index: number): string {
  const data = JSON.stringify({ ...event, sequence_number: index });
  return `event: ${event.type}\ndata: ${data}\n\n`;
}
