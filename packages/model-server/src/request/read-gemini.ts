import type { Json } from '../scenario/step.ts';
import { isObject, listAt, objectAt, textAt } from './json.ts';
import type { ConversationItem, ModelRequest, OfferedTool } from './model-request.ts';

/** Reads the body of `POST /v1beta/models/<model>:generateContent` and `:streamGenerateContent`. */
export function readGemini(body: Json, model: string, stream: boolean): ModelRequest {
  return {
    protocol: 'gemini',
    model,
    stream,
    tools: listAt(body, 'tools').flatMap((group) => listAt(group, 'functionDeclarations').map(readTool)),
    items: listAt(body, 'contents').flatMap((content) =>
      listAt(content, 'parts').flatMap((part) => readPart(part, textAt(content, 'role'))),
    ),
    wantsJson: textAt(objectAt(body, 'generationConfig'), 'responseMimeType') === 'application/json',
  };
}

function readTool(tool: Json): OfferedTool {
  const schema = isObject(tool) ? (tool['parametersJsonSchema'] ?? tool['parameters']) : null;
  return { name: textAt(tool, 'name'), namespace: null, schema: isObject(schema) ? schema : null };
}

function readPart(part: Json, role: string): ConversationItem[] {
  if (!isObject(part) || part['thought'] === true) return [];
  if (isObject(part['functionCall'])) return [{ kind: 'call', name: textAt(part['functionCall'], 'name') }];
  if (isObject(part['functionResponse'])) {
    return [{ kind: 'result', text: JSON.stringify(part['functionResponse']['response'] ?? null) }];
  }
  const text = textAt(part, 'text');
  return text === '' ? [] : [{ kind: role === 'model' ? 'assistant-text' : 'user-text', text }];
}
