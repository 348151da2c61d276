import type { Json } from '../scenario/step.ts';
import { isObject, isString, listAt, textAt } from './json.ts';
import type { ConversationItem, ModelRequest, OfferedTool } from './model-request.ts';

/** Reads the body of `POST /v1/messages`. */
export function readAnthropic(body: Json): ModelRequest {
  return {
    protocol: 'anthropic',
    model: textAt(body, 'model'),
    stream: isObject(body) && body['stream'] === true,
    tools: listAt(body, 'tools').map((tool): OfferedTool => {
      const schema = isObject(tool) ? tool['input_schema'] : null;
      return { name: textAt(tool, 'name'), namespace: null, schema: isObject(schema) ? schema : null };
    }),
    items: listAt(body, 'messages').flatMap(readMessage),
    wantsJson: isObject(body) && isObject(body['output_config']) && isObject(body['output_config']['format']),
  };
}

function readMessage(message: Json): ConversationItem[] {
  const kind = textAt(message, 'role') === 'assistant' ? 'assistant-text' : 'user-text';
  const content = isObject(message) ? message['content'] : undefined;
  if (isString(content)) return [{ kind, text: content }];
  return listAt(message, 'content').flatMap((block): ConversationItem[] => {
    switch (textAt(block, 'type')) {
      case 'text':
        return [{ kind, text: textAt(block, 'text') }];
      case 'tool_use':
        return [{ kind: 'call', name: textAt(block, 'name') }];
      case 'tool_result':
        return [{ kind: 'result', text: resultText(block) }];
      default:
        return [];
    }
  });
}

function resultText(block: Json): string {
  const text = textAt(block, 'content');
  if (text !== '') return text;
  return listAt(block, 'content')
    .map((part) => textAt(part, 'text'))
    .join('');
}
