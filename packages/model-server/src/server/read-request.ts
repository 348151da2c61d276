import type { ModelRequest } from '../request/model-request.ts';
import { readAnthropic } from '../request/read-anthropic.ts';
import { readChat } from '../request/read-chat.ts';
import { readGemini } from '../request/read-gemini.ts';
import { readResponses } from '../request/read-responses.ts';
import type { Json } from '../scenario/step.ts';
import type { Route } from './route.ts';

export function readRequest(route: Extract<Route, { kind: 'answer' }>, body: Json): ModelRequest {
  switch (route.protocol) {
    case 'anthropic':
      return readAnthropic(body);
    case 'responses':
      return readResponses(body);
    case 'chat':
      return readChat(body);
    case 'gemini':
      return readGemini(body, route.model, route.stream);
  }
}
