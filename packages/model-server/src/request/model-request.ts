import type { JsonObject } from '../scenario/step.ts';

export type Protocol = 'anthropic' | 'responses' | 'chat' | 'gemini';

/** A tool that a request offers. */
export interface OfferedTool {
  readonly name: string;
  /** Codex puts the tools of an MCP server into a namespace; null for all others. */
  readonly namespace: string | null;
  /** JSON schema of its input. A tool of free text has none. */
  readonly schema: JsonObject | null;
}

/** A piece of the conversation so far, in order. What the model thought is left out. */
export type ConversationItem =
  | { readonly kind: 'user-text'; readonly text: string }
  | { readonly kind: 'assistant-text'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'result'; readonly text: string };

/** A request for an answer, in one form for all protocols. */
export interface ModelRequest {
  readonly protocol: Protocol;
  readonly model: string;
  readonly stream: boolean;
  readonly tools: readonly OfferedTool[];
  readonly items: readonly ConversationItem[];
  /** The answer has to be JSON: an agent CLI asks so for titles, routing and the like. */
  readonly wantsJson: boolean;
}
