import type { Json } from '../scenario/step.ts';
import { isObject, isString, listAt, objectAt, textAt } from './json.ts';
import type { ConversationItem, ModelRequest, OfferedTool } from './model-request.ts';

/** Reads the body of `POST /v1/chat/completions`. */
export function readChat(body: Json): ModelRequest {
  return {
    protocol: 'chat',
    model: textAt(body, 'model'),
    stream: isObject(body) && body['stream'] === true,
    tools: listAt(body, 'tools').map((tool): OfferedTool => {
      const described = objectAt(tool, 'function');
      return { name: textAt(described, 'name'), namespace: null, schema: objectAt(described, 'parameters') };
    }),
    items: listAt(body, 'messages').flatMap(readMessage),
    wantsJson: textAt(objectAt(body, 'response_format'), 'type').startsWith('json'),
  };
}

function readMessage(message: Json): ConversationItem[] {
  const texts = textsOf(message);
  switch (textAt(message, 'role')) {
    case 'user':
      return texts.map((text) => ({ kind: 'user-text', text }));
    case 'assistant': {
      const names = listAt(message, 'tool_calls').map((call) => textAt(objectAt(call, 'function'), 'name'));
      return [
        ...texts.map((text): ConversationItem => ({ kind: 'assistant-text', text })),
        ...names.map((name): ConversationItem => ({ kind: 'call', name })),
      ];
    }
    case 'tool':
      return [{ kind: 'result', text: texts.join('') }];
    default:
      return [];
  }
}

function textsOf(message: Json): string[] {
  const content = isObject(message) ? message['content'] : undefined;
  const texts = isString(content)
    ? [content]
    : listAt(message, 'content').map((part) => textAt(part, 'text'));
  return texts.filter((text) => text !== '');
}
