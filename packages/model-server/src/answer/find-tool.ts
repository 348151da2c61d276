import { isString, listAt, objectAt, textAt } from '../request/json.ts';
import type { ModelRequest, OfferedTool } from '../request/model-request.ts';
import type { CallStep, Json, JsonObject } from '../scenario/step.ts';

/** A call as a request's own tools take it. */
export interface FittedCall {
  readonly name: string;
  readonly namespace: string | null;
  readonly input: JsonObject;
}

const SHELLS = ['Bash', 'bash', 'exec_command', 'run_shell_command', 'shell_command', 'shell', 'local_shell'];
const WRITERS = ['Write', 'write', 'write_file', 'create_file', 'create'];
const COMMAND_FIELDS = ['command', 'cmd', 'commands'];
const PATH_FIELDS = ['file_path', 'filePath', 'path', 'absolute_path'];
const CONTENT_FIELDS = ['content', 'file_text', 'contents', 'text'];

/** The call that does what the step asks for, or null when the request offers no tool for it. */
export function fitCall(step: CallStep, request: ModelRequest): FittedCall | null {
  switch (step.kind) {
    case 'shell':
      return fitShell(step.command, request.tools);
    case 'write':
      return fitWrite(step.path, step.content, request.tools);
    case 'tool':
      return asCall(
        request.tools.find(({ name }) => name === step.name),
        step.input,
      );
    case 'mcp': {
      const ending = new RegExp(`(?:^|_)${step.server ?? 'tina'}_{1,2}${step.name}$`);
      const fits = ({ name, namespace }: OfferedTool): boolean =>
        namespace === null ? ending.test(name) : ending.test(`${namespace}__${name}`);
      const offered = asCall(request.tools.find(fits), step.input);
      return offered ?? deferredCall(step.server ?? 'tina', step.name, step.input, request);
    }
  }
}

/** Some models are told of an MCP tool only when they search for it; Codex takes the call without a search, too. */
function deferredCall(
  server: string,
  name: string,
  input: JsonObject,
  { protocol, tools }: ModelRequest,
): FittedCall | null {
  if (protocol !== 'responses' || !tools.some((tool) => tool.name === 'tool_search')) return null;
  return { name, namespace: `mcp__${server}`, input };
}

function asCall(tool: OfferedTool | undefined, input: JsonObject): FittedCall | null {
  return tool === undefined ? null : { name: tool.name, namespace: tool.namespace, input };
}

/** The first tool of these names; an extension's tool has the extension's name before its own. */
function named(names: readonly string[], tools: readonly OfferedTool[]): OfferedTool | undefined {
  const find = (wanted: string): OfferedTool | undefined =>
    tools.find(({ name }) => name === wanted || name.endsWith(`__${wanted}`));
  return names.map(find).find((tool) => tool !== undefined);
}

function fitShell(command: string, tools: readonly OfferedTool[]): FittedCall | null {
  const tool = named(SHELLS, tools);
  if (tool === undefined) return null;
  const properties = objectAt(tool.schema, 'properties');
  const field = COMMAND_FIELDS.find((name) => Object.hasOwn(properties, name)) ?? 'command';
  const isList = objectAt(properties, field)['type'] === 'array';
  const value = isList ? ['bash', '-lc', command] : command;
  return asCall(tool, withRequired(tool, { [field]: value }));
}

function fitWrite(path: string, content: string, tools: readonly OfferedTool[]): FittedCall | null {
  const tool = named(WRITERS, tools);
  const properties = objectAt(tool?.schema ?? null, 'properties');
  const pathField = PATH_FIELDS.find((name) => Object.hasOwn(properties, name));
  const contentField = CONTENT_FIELDS.find((name) => Object.hasOwn(properties, name));
  if (tool === undefined || pathField === undefined || contentField === undefined) {
    const encoded = Buffer.from(content).toString('base64');
    return fitShell(`printf %s ${encoded} | base64 -d > '${path.replaceAll("'", `'\\''`)}'`, tools);
  }
  return asCall(tool, withRequired(tool, { [pathField]: path, [contentField]: content }));
}

/** Fills in what the tool requires beside what it is called for. */
function withRequired(tool: OfferedTool, input: JsonObject): JsonObject {
  const properties = objectAt(tool.schema, 'properties');
  const missing = listAt(tool.schema, 'required')
    .filter(isString)
    .filter((name) => !Object.hasOwn(input, name));
  const filled = missing.map((name) => [name, someValue(objectAt(properties, name))] as const);
  return { ...input, ...Object.fromEntries(filled) };
}

const SOME_VALUES: Readonly<Record<string, Json>> = {
  boolean: false,
  number: 60_000,
  integer: 60_000,
  array: [],
  object: {},
};

function someValue(schema: JsonObject): Json {
  const [first] = listAt(schema, 'enum');
  return first ?? SOME_VALUES[textAt(schema, 'type')] ?? 'as the scenario says';
}
