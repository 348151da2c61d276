/** What a request to a model costs, in tokens. Input counts include what came from a cache or went into one. */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of the input that was read from a cache. */
  readonly cachedInputTokens: number;
  /** The part of the input that was written to a cache. Only the Anthropic protocol tells it. */
  readonly cacheWriteTokens: number;
  /** The part of the output that was thinking. */
  readonly reasoningTokens: number;
}

/** What any step that answers may have beside what it does. */
interface Answering {
  /** Said before the tool is called. */
  readonly say?: string;
  /** Replaces the server's usual counts, field by field. */
  readonly usage?: Partial<TokenCounts>;
  /** Waits so long before the answer begins. */
  readonly delayMs?: number;
}

/** The model asks for one tool. */
export type CallStep = Answering &
  (
    | { readonly kind: 'shell'; readonly command: string }
    | { readonly kind: 'write'; readonly path: string; readonly content: string }
    /** A tool by the very name under which the request offers it. */
    | { readonly kind: 'tool'; readonly name: string; readonly input: JsonObject }
    /** A tool of an MCP server; the server is `tina` unless told. */
    | { readonly kind: 'mcp'; readonly name: string; readonly server?: string; readonly input: JsonObject }
  );

/** The answer is an HTTP error, `times` times, and after that the next step. Without `times` for ever. */
export interface ErrorStep {
  readonly kind: 'error';
  readonly status: number;
  readonly times?: number;
  readonly message?: string;
  /** The `type` (or `status` of Gemini) in the error's body, where the usual one of this status is not meant. */
  readonly type?: string;
  readonly retryAfterSeconds?: number;
  /** When a limit ends, in seconds since 1970, told as each protocol tells it. */
  readonly resetAt?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong with the connection; like an error, `times` times. */
export interface FaultStep {
  /**
   * - `hang`: the request is never answered.
   * - `silence`: the answer begins and then nothing more comes.
   * - `cut`: the answer begins and the connection breaks.
   * - `refuse`: the connection breaks before anything is answered.
   */
  readonly kind: 'hang' | 'silence' | 'cut' | 'refuse';
  readonly times?: number;
}

/**
 * One answer of the model. A scenario is a list of them: a call is followed by the next step when its result has come
 * in; `text` ends the turn; what follows a `text` is for the next turn that names no scenario of its own.
 */
export type Step =
  | (Answering & { readonly kind: 'text'; readonly text: string })
  /** Ends the turn with a text of so many bytes. */
  | (Answering & { readonly kind: 'flood'; readonly bytes: number })
  | CallStep
  /** Several tools at once. */
  | (Answering & { readonly kind: 'calls'; readonly calls: readonly CallStep[] })
  | ErrorStep
  | FaultStep;

export type Scenario = readonly Step[];

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
