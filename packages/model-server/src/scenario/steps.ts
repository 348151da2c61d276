import type { CallStep, JsonObject, Step } from './step.ts';

type Beside<Kind extends Step['kind']> = Partial<Omit<Extract<Step, { kind: Kind }>, 'kind'>>;

/** Ends the turn. */
export function text(words: string, beside: Beside<'text'> = {}): Step {
  return { ...beside, kind: 'text', text: words };
}

/** Ends the turn with so many bytes of text. */
export function flood(bytes: number): Step {
  return { kind: 'flood', bytes };
}

/** Runs a shell command with whatever shell tool the request offers. */
export function shell(command: string, beside: Beside<'shell'> = {}): CallStep {
  return { ...beside, kind: 'shell', command };
}

/** Writes a file with whatever tool the request offers for it, else with the shell. */
export function write(path: string, content: string, beside: Beside<'write'> = {}): CallStep {
  return { ...beside, kind: 'write', path, content };
}

/** Calls a tool by the very name under which the request offers it. */
export function tool(name: string, input: JsonObject = {}): CallStep {
  return { kind: 'tool', name, input };
}

/** Calls a tool of the MCP server `tina`, or of another. */
export function mcp(name: string, input: JsonObject = {}, server = 'tina'): CallStep {
  return { kind: 'mcp', name, server, input };
}

/** Calls several tools at once. */
export function calls(...each: readonly CallStep[]): Step {
  return { kind: 'calls', calls: each };
}

/** Answers with an HTTP error, for ever unless `times` is told. */
export function error(status: number, beside: Beside<'error'> = {}): Step {
  return { ...beside, kind: 'error', status };
}

/** Never answers. */
export function hang(times?: number): Step {
  return { kind: 'hang', ...(times === undefined ? {} : { times }) };
}

/** Begins to answer and then says nothing more. */
export function silence(times?: number): Step {
  return { kind: 'silence', ...(times === undefined ? {} : { times }) };
}

/** Begins to answer and then breaks the connection. */
export function cut(times?: number): Step {
  return { kind: 'cut', ...(times === undefined ? {} : { times }) };
}

/** Breaks the connection before anything is answered. */
export function refuse(times?: number): Step {
  return { kind: 'refuse', ...(times === undefined ? {} : { times }) };
}
