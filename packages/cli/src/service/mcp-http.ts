import { createMcpHandler } from '@modelcontextprotocol/server';
import { TinaError } from '@tina/contract';
import type { Caller, CallContext } from '@tina/control-plane';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpServer } from '../mcp/create-mcp-server.ts';

export interface McpHttpOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly version: string;
  readonly serve: (
    name: string,
    input: unknown,
    context: CallContext,
  ) => Promise<unknown> | AsyncIterable<unknown>;
  readonly authenticate: (token: string) => Promise<Caller | null>;
  readonly onError: (error: unknown) => void;
}

export interface McpHttp {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PATH = '/mcp';
/** A plan of 1 MB with what JSON adds to it. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * The agents' tools over streamable HTTP, on this machine alone. Whoever does not show an agent's token, comes from another
 * page or by another name of the host hears nothing but that (G29, G30).
 *
 * @throws TinaError `mcp_port_taken`
 */
export async function listenForMcp(options: McpHttpOptions): Promise<McpHttp> {
  const server = createServer((request, response) => {
    void answer(options, portOf(server), request, response).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'the daemon made a mistake; its log says which');
    });
  });
  await listen(server, options.port);
  const port = portOf(server);
  return {
    url: `http://${HOST}:${port}${PATH}`,
    port,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new TinaError({
          code: 'mcp_port_taken',
          message: `The port ${port} for MCP cannot be opened: ${error.message}.`,
          next: ['tina daemon start --mcp-port 0'],
          cause: error,
        }),
      ),
    );
    server.listen(port, HOST, resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(
  options: McpHttpOptions,
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const names = [`${HOST}:${port}`, `localhost:${port}`];
  const { host, origin, authorization = '' } = request.headers;
  // Against pages that make a name of theirs point here.
  if (host === undefined || !names.includes(host)) return refuse(response, 403, 'another host');
  if (origin !== undefined && !names.some((name) => origin === `http://${name}`))
    return refuse(response, 403, 'another origin');
  const [, token] = /^Bearer ([\w-]{1,512})$/.exec(authorization) ?? [];
  const caller = token === undefined ? null : await options.authenticate(token);
  if (token === undefined || caller?.kind !== 'agent') {
    response.setHeader('WWW-Authenticate', 'Bearer');
    return refuse(response, 401, 'no token of an agent at work');
  }
  if (request.url !== PATH) return refuse(response, 404, `only ${PATH} is here`);
  await serveAgent(options, { caller, token }, request, response);
}

/** One request, one server: nothing is kept between two. */
async function serveAgent(
  { version, serve, onError }: McpHttpOptions,
  who: { readonly caller: Caller; readonly token: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the caller went away')));
  const body = await readBody(request);
  if (body === null) return refuse(response, 413, `more than ${MAX_BODY_BYTES} bytes`);
  const handler = createMcpHandler(
    () =>
      createMcpServer({
        version,
        call: async (name, input, signal) =>
          serve(name, input, { ...who, signal: AbortSignal.any([signal, gone.signal]) }),
      }),
    { responseMode: 'json', onerror: onError },
  );
  try {
    const answered = await handler.fetch(toWebRequest(request, body, gone.signal));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.end(Buffer.from(await answered.arrayBuffer()));
  } finally {
    await handler.close();
  }
}

function toWebRequest(
  { method = 'GET', headers }: IncomingMessage,
  body: Buffer,
  signal: AbortSignal,
): Request {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`http://${headers.host ?? HOST}${PATH}`, {
    method,
    headers: pairs,
    signal,
    ...(hasBody ? { body: new Uint8Array(body) } : {}),
  });
}

/** Null when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify({ error: message })}\n`);
}
