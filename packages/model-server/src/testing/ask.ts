import type { Json, JsonObject } from '../scenario/step.ts';

/** An answer over real HTTP. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** What came as server-sent events, in order. */
  readonly events: readonly JsonObject[];
}

/** Sends JSON to an address of the server; without a body it only asks. */
export async function ask(url: string, body?: Json, signal?: AbortSignal): Promise<Answered> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(url, { ...sent, ...(signal === undefined ? {} : { signal }) });
  const text = await response.text();
  const data = text.split('\n').flatMap((line) => /^data: (\{.*)/.exec(line)?.[1] ?? []);
  const events = data.map((line) => JSON.parse(line) as JsonObject);
  return { status: response.status, headers: response.headers, body: text, events };
}

/** A tool as the Anthropic protocol offers it. */
export function offered(name: string, ...fields: readonly string[]): JsonObject {
  const properties = Object.fromEntries(fields.map((field) => [field, { type: 'string' }]));
  return { name, input_schema: { type: 'object', properties, required: fields } };
}

/** A user's word and what came of it, as messages of the Anthropic protocol. */
export const user = (...content: readonly Json[]): JsonObject => ({ role: 'user', content });
export const assistant = (...content: readonly Json[]): JsonObject => ({ role: 'assistant', content });
export const text = (words: string): JsonObject => ({ type: 'text', text: words });
export const called = (name: string): JsonObject => ({ type: 'tool_use', id: 'call', name, input: {} });
export const result = (content: string): JsonObject => ({
  type: 'tool_result',
  tool_use_id: 'call',
  content,
});

/** A request of the Anthropic protocol that offers a shell. */
export function anthropic(messages: readonly JsonObject[], rest: JsonObject = {}): JsonObject {
  return { model: 'some-model', tools: [offered('Bash', 'command')], messages, ...rest };
}
