import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../answer/answer.ts';
import { AFTERWORD, USUAL_USAGE } from '../answer/make-answer.ts';
import type { ModelRequest } from '../request/model-request.ts';
import type { FaultStep, JsonObject } from '../scenario/step.ts';
import type { Reply } from './plan-reply.ts';
import { writeAnswer } from './write-answer.ts';

/** Sends a reply; resolves when it is out, or when the agent has gone. Of a hang it resolves at once. */
export async function sendReply(
  response: ServerResponse,
  request: ModelRequest,
  reply: Reply,
  signal: AbortSignal,
): Promise<void> {
  switch (reply.kind) {
    case 'error':
      return sendJson(response, reply.error.status, reply.error.body, reply.error.headers);
    case 'fault':
      return sendFault(response, request, reply.fault);
    case 'answer':
      if (reply.delayMs > 0) await pause(reply.delayMs, undefined, { signal });
      return sendAnswer(response, request, reply.answer);
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function sendAnswer(response: ServerResponse, request: ModelRequest, answer: Answer): Promise<void> {
  const { body, pieces } = writeAnswer(request.protocol, answer);
  if (!request.stream) return sendJson(response, 200, body);
  beginStream(response);
  for (const piece of pieces) {
    if (response.destroyed) return undefined;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
  return undefined;
}

/** Resolves when more can be written, or when there is nobody to write to. */
async function drained(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const either = (['drain', 'close'] as const).map((name) => once(response, name, settled));
  await Promise.race(either);
  settled.abort();
  await Promise.allSettled(either);
}

function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
}

function sendFault(response: ServerResponse, request: ModelRequest, fault: FaultStep['kind']): void {
  if (fault === 'hang') return;
  if (fault === 'refuse') {
    response.destroy();
    return;
  }
  const begun = { model: request.model, text: AFTERWORD, calls: [], usage: USUAL_USAGE };
  const { pieces } = writeAnswer(request.protocol, begun);
  beginStream(response);
  // Up to the first piece of text: an answer that has begun and is not over.
  const end = pieces.findIndex((piece) => piece.includes(AFTERWORD.slice(0, 5)));
  const start = pieces.slice(0, end + 1).join('');
  response.write(start, () => {
    if (fault === 'cut') response.destroy();
  });
}
