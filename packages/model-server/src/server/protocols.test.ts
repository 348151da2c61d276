import { describe, expect, it, onTestFinished } from 'vitest';
import { inline } from '../scenario/inline.ts';
import type { Json, JsonObject, Scenario } from '../scenario/step.ts';
import { error, mcp, shell, text, tool } from '../scenario/steps.ts';
import { ask, type Answered } from '../testing/ask.ts';
import { createModelServer, type ModelServer } from './create-model-server.ts';

const USAGE = { inputTokens: 100, cachedInputTokens: 30, outputTokens: 20, reasoningTokens: 5 };
const SHELL_SCHEMA: JsonObject = {
  type: 'object',
  properties: { command: { type: 'string' }, why: { type: 'string' }, timeout: { type: 'number' } },
  required: ['command', 'why', 'timeout'],
};
const FITTED = { command: 'ls', why: 'as the scenario says', timeout: 60_000 };

/** How a protocol asks, and where the same facts stand in its answers. */
interface Protocol {
  readonly name: string;
  readonly ask: (server: ModelServer, prompt: string, options: Options) => Promise<Answered>;
  /** What the stream says, calls and costs. */
  readonly read: (answered: Answered) => { text: string; call: unknown; usage: unknown };
  readonly usage: JsonObject;
  readonly limit: JsonObject;
}

interface Options {
  readonly stream: boolean;
  /** A result of a tool has come in. */
  readonly result?: string;
}

const part = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value);

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

const responses: Protocol = {
  name: 'OpenAI Responses',
  ask: (server, prompt, { stream, result }) => {
    const input: Json[] = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: '<environment_context/>' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] },
    ];
    if (result !== undefined) {
      input.push({ type: 'reasoning' }, { type: 'function_call', name: 'shell', call_id: 'c' });
      input.push({ type: 'function_call_output', call_id: 'c', output: result });
    }
    const tools: Json[] = [
      { type: 'function', name: 'shell', parameters: SHELL_SCHEMA },
      { type: 'namespace', name: 'mcp__tina', tools: [{ type: 'function', name: 'add' }] },
      { type: 'web_search' },
    ];
    return ask(`${server.url}/v1/responses`, { model: 'm', stream, input, tools });
  },
  read: ({ events, body }) => {
    const last = events.at(-1) ?? { response: JSON.parse(body) as JsonObject };
    const output = part(last, 'response', 'output') as JsonObject[];
    const call = output.find(({ type }) => type === 'function_call');
    const message = output.find(({ type }) => type === 'message');
    return {
      text: words(part(message, 'content', 0, 'text')),
      call: call && [call['namespace'], call['name'], JSON.parse(words(call['arguments']))],
      usage: part(last, 'response', 'usage'),
    };
  },
  usage: {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 30 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 120,
  },
  limit: { error: { type: 'usage_limit_reached', resets_at: 1_795_000_000 } },
};

const chat: Protocol = {
  name: 'OpenAI Chat Completions',
  ask: (server, prompt, { stream, result }) => {
    const messages: Json[] = [
      { role: 'system', content: 'You are an agent.' },
      { role: 'user', content: [{ type: 'text', text: prompt }] },
    ];
    if (result !== undefined) {
      const called = { id: 'c', type: 'function', function: { name: 'shell', arguments: '{}' } };
      messages.push({ role: 'assistant', content: 'Working.', tool_calls: [called] });
      messages.push({ role: 'tool', tool_call_id: 'c', content: result });
    }
    const tools: Json[] = [
      { type: 'function', function: { name: 'shell', parameters: SHELL_SCHEMA } },
      { type: 'function', function: { name: 'tina_add', parameters: {} } },
    ];
    return ask(`${server.url}/v1/chat/completions`, { model: 'm', stream, messages, tools });
  },
  read: ({ events, body }) => {
    const deltas = events.map((event) => part(event, 'choices', 0, 'delta'));
    const whole = events.length > 0 ? deltas : [part(JSON.parse(body), 'choices', 0, 'message')];
    const call = whole.map((delta) => part(delta, 'tool_calls', 0, 'function')).find(Boolean);
    return {
      text: whole.map((delta) => words(part(delta, 'content'))).join(''),
      call: call && [undefined, part(call, 'name'), JSON.parse(words(part(call, 'arguments')))],
      usage: part(events.at(-1) ?? JSON.parse(body), 'usage'),
    };
  },
  usage: {
    prompt_tokens: 100,
    prompt_tokens_details: { cached_tokens: 30 },
    completion_tokens: 20,
    completion_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 120,
  },
  limit: { error: { type: 'usage_limit_reached', resets_at: 1_795_000_000 } },
};

const gemini: Protocol = {
  name: 'Gemini',
  ask: (server, prompt, { stream, result }) => {
    const contents: Json[] = [{ role: 'user', parts: [{ text: prompt }] }];
    if (result !== undefined) {
      contents.push({
        role: 'model',
        parts: [{ text: 'Hm.', thought: true }, { functionCall: { name: 'shell', args: {} } }],
      });
      contents.push({
        role: 'user',
        parts: [{ functionResponse: { name: 'shell', response: { output: result } } }],
      });
    }
    const functionDeclarations: Json[] = [
      { name: 'shell', parametersJsonSchema: SHELL_SCHEMA },
      { name: 'mcp_tina_add', parameters: {} },
    ];
    const verb = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
    return ask(`${server.url}/v1beta/models/m:${verb}`, { contents, tools: [{ functionDeclarations }] });
  },
  read: ({ events, body }) => {
    const chunks = events.length > 0 ? events : [JSON.parse(body) as JsonObject];
    const parts = chunks.flatMap((chunk) => part(chunk, 'candidates', 0, 'content', 'parts') as JsonObject[]);
    const call = parts.map((one) => one['functionCall']).find(Boolean);
    return {
      text: parts.map((one) => words(one['text'])).join(''),
      call: call && [undefined, part(call, 'name'), part(call, 'args')],
      usage: part(chunks.at(-1), 'usageMetadata'),
    };
  },
  usage: {
    promptTokenCount: 100,
    cachedContentTokenCount: 30,
    candidatesTokenCount: 15,
    thoughtsTokenCount: 5,
    totalTokenCount: 120,
  },
  limit: { error: { status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '9s' }] } },
};

describe.each([responses, chat, gemini])('$name', (protocol) => {
  const play = async (steps: Scenario, options: Partial<Options> = {}): Promise<[Answered, ModelServer]> => {
    const server = await createModelServer({ usage: USAGE });
    onTestFinished(() => server.close());
    return [await protocol.ask(server, inline(steps), { stream: true, ...options }), server];
  };

  it.each([true, false])('says a text and what it costs (as a stream: %s)', async (stream) => {
    const [answered] = await play([text('Hello, wörld.')], { stream });
    expect(protocol.read(answered)).toEqual({
      text: 'Hello, wörld.',
      call: undefined,
      usage: protocol.usage,
    });
  });

  it.each([true, false])(
    'calls the shell with all that its tool requires (as a stream: %s)',
    async (stream) => {
      const [answered] = await play([shell('ls', { say: 'I look.' })], { stream });
      expect(protocol.read(answered)).toMatchObject({ text: 'I look.', call: [undefined, 'shell', FITTED] });
    },
  );

  it('goes on when the result has come in', async () => {
    const [answered, server] = await play([shell('ls'), text('seen')], { result: 'a.txt' });
    expect(protocol.read(answered).text).toBe('seen');
    expect(server.log.answers()[0]?.results.join('')).toContain('a.txt');
  });

  it('calls a tool of the MCP server, and any tool by its name', async () => {
    const [answered] = await play([mcp('add', { a: 1 })]);
    const [namespace, name] = protocol.read(answered).call as [unknown, string];
    expect([namespace === 'mcp__tina' || name.includes('tina'), name.endsWith('add')]).toEqual([true, true]);
    const [byName] = await play([tool('shell', { command: 'x' })]);
    expect(protocol.read(byName).call).toEqual([undefined, 'shell', { command: 'x' }]);
  });

  it('tells of a limit and when it ends', async () => {
    const [answered] = await play([error(429, { resetAt: 1_795_000_000, retryAfterSeconds: 9 })]);
    expect([answered.status, answered.headers.get('retry-after')]).toEqual([429, '9']);
    expect(JSON.parse(answered.body)).toMatchObject(protocol.limit);
  });

  it.each([400, 401, 403, 500, 503])('tells of an error %s in its own words', async (status) => {
    const [answered] = await play([error(status, { message: 'No.' })]);
    expect([answered.status, part(JSON.parse(answered.body), 'error', 'message')]).toEqual([status, 'No.']);
  });
});

describe('Codex', () => {
  it('is called for an MCP tool that its model has to search for', async () => {
    const server = await createModelServer();
    onTestFinished(() => server.close());
    const input = [{ role: 'user', content: inline([mcp('add', { a: 1 })]) }];
    const { events } = await ask(`${server.url}/v1/responses`, {
      stream: true,
      input,
      tools: [{ type: 'tool_search' }],
    });
    const done = events.find(({ type }) => type === 'response.output_item.done');
    expect(done).toMatchObject({ item: { namespace: 'mcp__tina', name: 'add', arguments: '{"a":1}' } });
  });

  it('gets a list where its shell takes a list', async () => {
    const server = await createModelServer();
    onTestFinished(() => server.close());
    const parameters = { type: 'object', properties: { command: { type: 'array' } }, required: ['command'] };
    const tools = [{ type: 'function', name: 'shell', parameters }];
    const { body } = await ask(`${server.url}/responses`, { input: inline([shell('ls')]), tools });
    expect(body).toContain(JSON.stringify(JSON.stringify({ command: ['bash', '-lc', 'ls'] })));
  });
});

describe('a request in its other forms', () => {
  const play = async (path: string, body: JsonObject): Promise<[Answered, ModelServer]> => {
    const server = await createModelServer();
    onTestFinished(() => server.close());
    return [await ask(`${server.url}${path}`, body), server];
  };
  const steps = inline([shell('ls'), text('seen')]);

  it('is a chat whose words are plain texts', async () => {
    const messages = [
      { role: 'user', content: steps },
      { role: 'assistant', content: 'One moment.' },
    ];
    const tools = [{ type: 'function', function: { name: 'shell' } }];
    const [{ body }] = await play('/v1/chat/completions', { messages, tools });
    expect(body).toContain('"tool_calls"');
  });

  it('is a result that comes in pieces', async () => {
    const output = [
      { type: 'input_text', text: 'a' },
      { type: 'input_text', text: 'b' },
    ];
    const input = [
      { role: 'user', content: steps },
      { type: 'function_call_output', call_id: 'c', output },
    ];
    const tools = [{ type: 'function', name: 'shell' }];
    const [{ body }, server] = await play('/v1/responses', { input, tools });
    expect([body.includes('seen'), server.log.answers()[0]?.results]).toEqual([true, ['ab']]);
  });

  it.each([
    ['/v1/messages', { output_config: { format: {} }, tools: [{ name: 'Bash' }] }],
    ['/v1/chat/completions', { response_format: { type: 'json_object' }, tools: [{ function: {} }] }],
    ['/v1/responses', { text: { format: { type: 'json_schema' } }, tools: [{ name: 'shell' }] }],
    ['/v1beta/models/m:generateContent', { generationConfig: { responseMimeType: 'application/json' } }],
  ])('is an errand when it asks for JSON: %s', async (path, body) => {
    const [{ body: answered }, server] = await play(path, body);
    expect(answered).toContain('next_speaker');
    expect(server.log.all()[0]?.kind).toBe('errand');
  });
});
