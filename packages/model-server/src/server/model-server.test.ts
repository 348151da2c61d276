import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { textAt } from '../request/json.ts';
import { inline } from '../scenario/inline.ts';
import {
  calls,
  cut,
  error,
  flood,
  hang,
  mcp,
  refuse,
  shell,
  silence,
  text as say,
  write,
} from '../scenario/steps.ts';
import type { JsonObject, Scenario } from '../scenario/step.ts';
import { anthropic, ask, assistant, called, offered, result, text, user } from '../testing/ask.ts';
import { createModelServer, type ModelServer, type ModelServerOptions } from './create-model-server.ts';

async function open(options?: ModelServerOptions): Promise<ModelServer> {
  const server = await createModelServer(options);
  onTestFinished(() => server.close());
  return server;
}

const prompted = (steps: Scenario): JsonObject => user(text(`Do it. ${inline(steps)}`));

/** What an answer of the Anthropic protocol says and calls. */
async function answer(
  server: ModelServer,
  messages: readonly JsonObject[],
  rest?: JsonObject,
): Promise<unknown> {
  const { body } = await ask(`${server.url}/v1/messages`, anthropic(messages, rest));
  const { content } = JSON.parse(body) as { content: { text?: string; name?: string; input?: unknown }[] };
  return content.map((block) => block.text ?? [block.name, block.input]);
}

describe('a scenario', () => {
  const steps = [shell('make', { say: 'I begin.' }), shell('make test'), say('all done')];

  it('is played step by step, as results come in', async () => {
    const server = await open();
    const begun = [prompted(steps)];
    const once = [...begun, assistant(text('I begin.'), called('Bash')), user(result('made'))];
    const twice = [...once, assistant(called('Bash')), user(result('tested'))];
    expect(await answer(server, begun)).toEqual(['I begin.', ['Bash', { command: 'make' }]]);
    expect(await answer(server, once)).toEqual([['Bash', { command: 'make test' }]]);
    expect(await answer(server, twice)).toEqual(['all done']);
    expect(await answer(server, once)).toEqual([['Bash', { command: 'make test' }]]);
  });

  it('is not disturbed by what the user says in the middle of a turn', async () => {
    const server = await open();
    const messages = [
      prompted(steps),
      assistant(called('Bash')),
      user(result('made'), text('Also do this.')),
    ];
    expect(await answer(server, messages)).toEqual([['Bash', { command: 'make test' }]]);
    expect(server.log.answers()[0]).toMatchObject({ laterTexts: ['Also do this.'], results: ['made'] });
  });

  it('goes on in the next turn, unless that names one of its own', async () => {
    const server = await open();
    const first = [prompted([say('one'), say('two')]), assistant(text('one'))];
    expect(await answer(server, [...first, user(text('Go on.'))])).toEqual(['two']);
    expect(await answer(server, [...first, prompted([say('three')])])).toEqual(['three']);
  });

  it('waits for every result of tools that were called at once', async () => {
    const server = await open();
    const begun = [prompted([calls(shell('a'), shell('b')), say('both')])];
    expect(await answer(server, begun)).toEqual([
      ['Bash', { command: 'a' }],
      ['Bash', { command: 'b' }],
    ]);
    const results = [assistant(called('Bash'), called('Bash')), user(result('a'), result('b'))];
    expect(await answer(server, [...begun, ...results])).toEqual(['both']);
  });

  it('can be registered, and take arguments', async () => {
    const server = await open({
      scenarios: { greet: ([name]) => [say(`Hello, ${name as string}`)], bye: [say('Bye')] },
    });
    expect(await answer(server, [user(text('%%greet("a (b) \\" c")'))])).toEqual(['Hello, a (b) " c']);
    expect(await answer(server, [user(text('please %%bye now'))])).toEqual(['Bye']);
  });

  it('can be chosen by the server’s maker for a prompt that names none', async () => {
    const server = await open({
      choose: ({ prompt }) => (prompt.includes('review') ? [say('Looks good')] : null),
    });
    expect(await answer(server, [user(text('Please review it.'))])).toEqual(['Looks good']);
    expect(await answer(server, [user(text('Hello'))])).toEqual(['There is nothing more to do.']);
  });

  it.each([
    ['%%unknown', /No scenario is named "unknown". Known: none/],
    ['%%[{"kind":"shell"}]', /Step 1 of the scenario has no proper "command"/],
    ['%%[{"kind":"dance"}]', /has the kind "dance": known are shell, write/],
    ['%%[{"kind":"text","text":"a","txt":1}]', /has the field "txt", which text does not know/],
    ['%%[{"kind":"text"', /No JSON after %%/],
    ['%%[3]', /Step 1 of the scenario is no object/],
  ])('that is wrong is refused with the reason: %s', async (prompt, reason) => {
    const server = await open();
    const { status, body } = await ask(`${server.url}/v1/messages`, anthropic([user(text(prompt))]));
    expect(status).toBe(400);
    expect((JSON.parse(body) as { error: { message: string } }).error.message).toMatch(reason);
    expect(server.log.answers()[0]?.problem).toMatch(reason);
  });

  it('says which tools there are when none fits', async () => {
    const server = await open();
    expect(await answer(server, [prompted([mcp('add')])])).toEqual(['No tool for "mcp" among: Bash']);
  });
});

describe('what goes wrong', () => {
  it('is an error so many times, and then no more', async () => {
    const server = await open();
    const body = anthropic([prompted([error(529, { times: 2 }), say('through')])]);
    const statuses: number[] = [];
    for (let count = 0; count < 3; count++)
      statuses.push((await ask(`${server.url}/v1/messages`, body)).status);
    expect(statuses).toEqual([529, 529, 200]);
  });

  it.each([refuse(1), cut(1)])('is a connection that breaks once: $kind', async (step) => {
    const server = await open();
    const body = anthropic([prompted([step, say('through')])], { stream: true });
    await expect(ask(`${server.url}/v1/messages`, body)).rejects.toThrow(/fetch failed|terminated/);
    expect((await ask(`${server.url}/v1/messages`, body)).body).toContain('thro');
  });

  it.each([hang(1), silence(1)])('is a model that says nothing once: $kind', async (step) => {
    const server = await open();
    const body = anthropic([prompted([step, say('through')])]);
    const abort = new AbortController();
    const asked = ask(`${server.url}/v1/messages`, body, abort.signal).catch(() => 'given up');
    await server.log.until((request) => request.step === step.kind);
    abort.abort();
    expect(await asked).toBe('given up');
    expect((await ask(`${server.url}/v1/messages`, body)).body).toContain('through');
  });

  it('is told with the time at which a limit ends', async () => {
    const server = await open();
    const body = anthropic([prompted([error(429, { retryAfterSeconds: 7, resetAt: 1_795_000_000 })])]);
    const { status, headers, body: text } = await ask(`${server.url}/v1/messages`, body);
    expect([status, headers.get('retry-after')]).toEqual([429, '7']);
    expect(headers.get('anthropic-ratelimit-unified-reset')).toBe('1795000000');
    expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
  });

  it('is a connection that breaks before the answer, or within it', async () => {
    const server = await open();
    const stream = { stream: true };
    await expect(ask(`${server.url}/v1/messages`, anthropic([prompted([refuse()])], stream))).rejects.toThrow(
      'fetch failed',
    );
    await expect(ask(`${server.url}/v1/messages`, anthropic([prompted([cut()])], stream))).rejects.toThrow(
      'terminated',
    );
  });

  it.each([
    ['hang', hang(), 'no head'],
    ['silence', silence(), 'text/event-stream'],
  ])('is a model that says nothing more: %s', async (_, step, expected) => {
    const server = await open();
    const abort = new AbortController();
    const asked = fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify(anthropic([prompted([step])], { stream: true })),
      signal: abort.signal,
    });
    await server.log.until((request) => request.step === step.kind);
    const head = expected === 'no head' ? expected : (await asked).headers.get('content-type');
    expect(head).toBe(expected);
    abort.abort();
    await asked.catch(() => null);
  });
});

describe('the server', () => {
  it('counts exactly the tokens it was told to', async () => {
    const server = await open({
      usage: { inputTokens: 1000, cachedInputTokens: 300, cacheWriteTokens: 200 },
    });
    const messages = [prompted([say('a', { usage: { outputTokens: 77 } })])];
    const { events } = await ask(`${server.url}/v1/messages`, anthropic(messages, { stream: true }));
    expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({
      usage: {
        input_tokens: 500,
        cache_read_input_tokens: 300,
        cache_creation_input_tokens: 200,
        output_tokens: 77,
      },
    });
  });

  it('answers a request without tools with a title, whatever the prompt says', async () => {
    const server = await open();
    expect(await answer(server, [prompted([error(500)])], { tools: [] })).toEqual(['A stand-in model']);
    expect(server.log.all()[0]?.kind).toBe('errand');
  });

  it('keeps every prompt byte for byte', async () => {
    const server = await open();
    const prompt = 'Zwölf 🍏 \u202e\n\'single\' "double" `tick` $(no) %s {{role}}\t\r\nend  ';
    await answer(server, [user(text(prompt))]);
    expect(server.log.answers()[0]).toMatchObject({
      prompt,
      model: 'some-model',
      tools: ['Bash'],
      request: 'POST /v1/messages',
    });
  });

  it('sends a flood whole, and waits for a reader that is slow', async () => {
    const server = await open();
    const body = anthropic([prompted([flood(3_000_000)])], { stream: true });
    const { events } = await ask(`${server.url}/v1/messages`, body);
    const deltas = events.map(({ delta }) => textAt(delta, 'text'));
    expect(deltas.join('')).toHaveLength(3_000_000);
  });

  it('counts tokens, lists no models and knows no other address', async () => {
    const server = await open();
    expect((await ask(`${server.url}/v1/messages/count_tokens`, {})).body).toBe('{"input_tokens":100}');
    expect((await ask(`${server.url}/v1beta/models/m:countTokens`, {})).body).toBe('{"totalTokens":100}');
    expect(JSON.parse((await ask(`${server.url}/v1/models`)).body)).toMatchObject({ data: [] });
    expect((await ask(`${server.url}/elsewhere`)).status).toBe(404);
    expect(server.log.all().map(({ kind }) => kind)).toEqual(['count', 'count', 'list', 'other']);
  });

  it('refuses a body that is no JSON', async () => {
    const server = await open();
    const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{"model":' });
    expect([response.status, server.log.all()[0]?.problem]).toEqual([400, 'The body is no JSON.']);
  });

  it('closes at once, also while it hangs, and can be closed again', async () => {
    const server = await open();
    const asked = ask(`${server.url}/v1/messages`, anthropic([prompted([hang()])])).catch(() => 'broken');
    await server.log.until(({ step }) => step === 'hang');
    await expect(server.log.until(({ kind }) => kind === 'model')).resolves.toMatchObject({ step: 'hang' });
    await server.close();
    await server.close();
    expect(await asked).toBe('broken');
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
  });

  it('ends an answer that is being waited for when it is closed', async () => {
    const server = await open();
    const asked = ask(`${server.url}/v1/messages`, anthropic([prompted([say('late', { delayMs: 60_000 })])]));
    await server.log.until(({ step }) => step === 'text');
    await Promise.all([server.close(), expect(asked).rejects.toThrow('fetch failed')]);
  });

  it('writes a file with the tool there is for it, else with the shell', async () => {
    const server = await open();
    const prompt = prompted([write("it's.txt", 'ü')]);
    const tools = [offered('Bash', 'command'), offered('Write', 'file_path', 'content')];
    expect(await answer(server, [prompt], { tools })).toEqual([
      ['Write', { file_path: "it's.txt", content: 'ü' }],
    ]);
    expect(await answer(server, [prompt])).toEqual([
      ['Bash', { command: `printf %s w7w= | base64 -d > 'it'\\''s.txt'` }],
    ]);
  });
});

describe('a conversation', () => {
  it('may hold plain texts and results of several pieces', async () => {
    const server = await open();
    const pieces = { type: 'tool_result', tool_use_id: 'c', content: [text('a'), text('b')] };
    const messages = [
      { role: 'user', content: inline([shell('ls'), say('seen')]) },
      assistant({ type: 'thinking', thinking: 'Hm.' }, called('Bash')),
      user(pieces),
    ];
    expect(await answer(server, messages)).toEqual(['seen']);
    expect(server.log.answers()[0]?.results).toEqual(['ab']);
  });

  it('begins its turn with the last text that opens one, when no text has a marker', async () => {
    const server = await open({ choose: ({ prompt }) => [shell(prompt), say('done')] });
    const turns = [user(text('<context/>'), text('first')), assistant(text('done')), user(text('second'))];
    const midTurn = [...turns, assistant(called('Bash')), user(result('ok'), text('by the way'))];
    expect(await answer(server, turns)).toEqual([['Bash', { command: 'second' }]]);
    expect(await answer(server, midTurn)).toEqual(['done']);
  });

  it('may have a text of the agent CLI’s between a word and its call', async () => {
    const server = await open();
    const begun = [prompted([shell('ls', { say: 'I look.' }), say('seen')])];
    const split = [
      assistant(text('I look.')),
      user(text('<info/>')),
      assistant(called('Bash')),
      user(result('a')),
    ];
    expect(await answer(server, [...begun, ...split])).toEqual(['seen']);
  });

  it('goes on after a flood', async () => {
    const server = await open();
    const [whole] = (await answer(server, [prompted([flood(60), say('next')])])) as [string];
    const later = [prompted([flood(60), say('next')]), assistant(text(whole)), user(text('Go on.'))];
    expect([whole.length, await answer(server, later)]).toEqual([60, ['next']]);
  });
});
