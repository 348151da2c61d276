/** What an agent has used up, as its program counts it; null where that does not say. */
export interface Usage {
  /** Tokens of input that no cache had. */
  readonly inputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  /** Thinking among them. */
  readonly outputTokens: number | null;
  /** As the program says; what Tina reckons from a table of prices is shown beside it and stored nowhere. */
  readonly costUsd: number | null;
  /** How many tokens the conversation holds since its newest request, and how many fit in. */
  readonly contextTokens: number | null;
  readonly contextWindow: number | null;
}

const UNKNOWN: Usage = {
  inputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  costUsd: null,
  contextTokens: null,
  contextWindow: null,
};

/** A usage of which only this is known. */
export function usageOf(known: Partial<Usage>): Usage {
  return { ...UNKNOWN, ...known };
}

/** Both together; of the context, the newer one holds. */
export function addUsage(before: Usage | null, more: Usage | null): Usage | null {
  if (before === null || more === null) return before ?? more;
  return {
    inputTokens: addKnown(before.inputTokens, more.inputTokens),
    cacheReadTokens: addKnown(before.cacheReadTokens, more.cacheReadTokens),
    cacheWriteTokens: addKnown(before.cacheWriteTokens, more.cacheWriteTokens),
    outputTokens: addKnown(before.outputTokens, more.outputTokens),
    costUsd: addKnown(before.costUsd, more.costUsd),
    contextTokens: more.contextTokens ?? before.contextTokens,
    contextWindow: more.contextWindow ?? before.contextWindow,
  };
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
