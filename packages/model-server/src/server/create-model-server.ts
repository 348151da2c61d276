import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { USUAL_USAGE } from '../answer/make-answer.ts';
import { textAt } from '../request/json.ts';
import type { ChooseScenario, RegisteredScenario } from '../scenario/find-scenario.ts';
import type { Json, TokenCounts } from '../scenario/step.ts';
import { planReply, type ReplyRules } from './plan-reply.ts';
import { readRequest } from './read-request.ts';
import { requestLog, type LoggedRequest, type RequestLog } from './request-log.ts';
import { routeOf, type Route } from './route.ts';
import { sendJson, sendReply } from './send-reply.ts';

export interface ModelServerOptions {
  /** Scenarios that a prompt may name: `%%name` or `%%name(1, "two")`. */
  readonly scenarios?: Readonly<Record<string, RegisteredScenario>>;
  /** Chooses the scenario of a prompt without a marker. */
  readonly choose?: ChooseScenario;
  /** What an answer costs when its step does not say. */
  readonly usage?: Partial<TokenCounts>;
  /** Port of 127.0.0.1; any free one unless told. */
  readonly port?: number;
}

export interface ModelServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a path: each agent CLI adds its own. */
  readonly url: string;
  readonly log: RequestLog;
  /** Breaks every connection and stops listening. Safe to call again. */
  readonly close: () => Promise<void>;
}

const EMPTY: Pick<LoggedRequest, 'prompt' | 'laterTexts' | 'results' | 'tools' | 'step' | 'problem'> = {
  prompt: '',
  laterTexts: [],
  results: [],
  tools: [],
  step: null,
  problem: null,
};

/** Starts a stand-in for a model's service on 127.0.0.1. It speaks the protocols of all agent CLIs at once. */
export async function createModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const log = requestLog();
  const abort = new AbortController();
  const rules: ReplyRules = {
    scenarios: options.scenarios ?? {},
    choose: options.choose ?? (() => null),
    usage: { ...USUAL_USAGE, ...options.usage },
    played: new Map(),
  };
  const server = createServer((request, response) => {
    respond(request, response, { log, rules, signal: abort.signal }).catch((error: unknown) => {
      // The agent went away, or the server is being closed.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    abort.abort();
    await stop(server);
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, log, close, [Symbol.asyncDispose]: close };
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Service {
  readonly log: RequestLog;
  readonly rules: ReplyRules;
  readonly signal: AbortSignal;
}

async function respond(
  incoming: IncomingMessage,
  response: ServerResponse,
  { log, rules, signal }: Service,
): Promise<void> {
  const method = incoming.method ?? '';
  const { pathname } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const route = routeOf(method, pathname);
  const request = `${method} ${pathname}`;
  const body = await readBody(incoming);
  if (body === undefined) {
    log.add({ ...EMPTY, kind: 'other', request, protocol: null, model: '', problem: 'The body is no JSON.' });
    return sendJson(response, 400, { error: { message: 'The body is no JSON.' } });
  }
  if (route.kind !== 'answer') {
    log.add({ ...EMPTY, kind: route.kind, request, protocol: null, model: textAt(body, 'model') });
    return sendOther(response, route);
  }
  const asked = readRequest(route, body);
  const planned = planReply(asked, rules);
  const tools = asked.tools.map(({ name, namespace }) =>
    namespace === null ? name : `${namespace}__${name}`,
  );
  const { protocol, model } = asked;
  log.add({ ...planned.log, request, protocol, model, tools });
  return sendReply(response, asked, planned.reply, signal);
}

/** What is no request for an answer. The lists of models are empty: an agent CLI then uses the one it was told. */
function sendOther(response: ServerResponse, route: Exclude<Route, { kind: 'answer' }>): void {
  switch (route.kind) {
    case 'list':
      return sendJson(response, 200, { object: 'list', data: [], models: [] });
    case 'count': {
      const count = USUAL_USAGE.inputTokens;
      return sendJson(
        response,
        200,
        route.protocol === 'gemini' ? { totalTokens: count } : { input_tokens: count },
      );
    }
    case 'other':
      return sendJson(response, 404, { error: { message: 'The stand-in model has no such address.' } });
  }
}

/** The body as JSON; null when there is none, undefined when it is no JSON. */
async function readBody(incoming: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
