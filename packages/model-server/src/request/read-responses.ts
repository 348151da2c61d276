import type { Json } from '../scenario/step.ts';
import { isObject, isString, listAt, objectAt, textAt } from './json.ts';
import type { ConversationItem, ModelRequest, OfferedTool } from './model-request.ts';

/** Reads the body of `POST /v1/responses`. */
export function readResponses(body: Json): ModelRequest {
  const input = isObject(body) ? body['input'] : undefined;
  return {
    protocol: 'responses',
    model: textAt(body, 'model'),
    stream: isObject(body) && body['stream'] === true,
    tools: listAt(body, 'tools').flatMap((tool) => readTool(tool, null)),
    items: isString(input) ? [{ kind: 'user-text', text: input }] : listAt(body, 'input').flatMap(readItem),
    wantsJson: textAt(objectAt(objectAt(body, 'text'), 'format'), 'type').startsWith('json'),
  };
}

function readTool(tool: Json, namespace: string | null): OfferedTool[] {
  if (textAt(tool, 'type') === 'namespace') {
    return listAt(tool, 'tools').flatMap((inner) => readTool(inner, textAt(tool, 'name')));
  }
  const schema = isObject(tool) ? tool['parameters'] : null;
  // Tools of the service's own, as `web_search`, have a type and no name.
  const name = textAt(tool, 'name') || textAt(tool, 'type');
  return [{ name, namespace, schema: isObject(schema) ? schema : null }];
}

function readItem(item: Json): ConversationItem[] {
  const type = textAt(item, 'type');
  if (type.endsWith('_call_output')) return [{ kind: 'result', text: outputText(item) }];
  if (type.endsWith('_call')) return [{ kind: 'call', name: textAt(item, 'name') }];
  if (type !== 'message' && type !== '') return [];
  const role = textAt(item, 'role');
  if (role !== 'user' && role !== 'assistant') return [];
  const kind = role === 'user' ? 'user-text' : 'assistant-text';
  const content = isObject(item) ? item['content'] : undefined;
  if (isString(content)) return [{ kind, text: content }];
  return listAt(item, 'content').map((part): ConversationItem => ({ kind, text: textAt(part, 'text') }));
}

function outputText(item: Json): string {
  const text = textAt(item, 'output');
  if (text !== '') return text;
  return listAt(item, 'output')
    .map((part) => textAt(part, 'text'))
    .join('');
}
