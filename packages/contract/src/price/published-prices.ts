import type { ModelPrice } from '@tina/domain';

/** When this table was looked through. A price may have changed since; `prices` in the configuration goes over it. */
export const PRICES_AS_OF = '2026-11-20';

interface PublishedPrices {
  /** The page that publishes them. */
  readonly source: string;
  /** When the page said so, as far as is known. */
  readonly seen: string;
  readonly models: Readonly<Record<string, ModelPrice>>;
}

/** What agents call a model without a number: the newest of its line when the table was looked through. */
export const PRICE_ALIASES: Readonly<Record<string, string>> = {
  opus: 'claude-opus-5-5',
  sonnet: 'claude-sonnet-5-5',
  haiku: 'claude-haiku-5-5',
};

/**
 * US dollars for a million tokens. Where a price grows with the length of the prompt, it is that of short ones: what is
 * reckoned is then too little. A cache write is that of five minutes; 0: it is not charged for apart from the input.
 * A model whose published price was not found, or was found in two ways, is left out.
 */
export const PUBLISHED_PRICES: readonly PublishedPrices[] = [
  {
    source: 'https://platform.claude.com/docs/en/about-claude/pricing',
    seen: '2026-10-24',
    models: {
      'claude-fable-5-1': of(10, 50, 0.25, 12.5),
      'claude-fable-5': of(10, 50, 1, 12.5),
      'claude-opus-5-5': of(4, 20, 0.2, 5),
      'claude-opus-5': of(5, 25, 0.5, 6.25),
      'claude-opus-4-8': of(5, 25, 0.5, 6.25),
      'claude-opus-4-7': of(5, 25, 0.5, 6.25),
      'claude-opus-4-6': of(5, 25, 0.5, 6.25),
      'claude-opus-4-5': of(5, 25, 0.5, 6.25),
      'claude-sonnet-5-5': of(2, 10, 0.1, 2.5),
      'claude-sonnet-5': of(2, 10, 0.2, 2.5),
      'claude-sonnet-4-6': of(3, 15, 0.3, 3.75),
      'claude-sonnet-4-5': of(3, 15, 0.3, 3.75),
      // Prompts of up to 100,000 tokens; longer ones cost five times as much.
      'claude-haiku-5-5': of(0.1, 0.5, 0.01, 0.125),
      'claude-haiku-4-5': of(1, 5, 0.1, 1.25),
    },
  },
  {
    source: 'https://developers.openai.com/api/docs/pricing',
    seen: '2026-11-17',
    models: {
      // Prompts of up to 272,000 tokens; longer ones cost twice as much, and their output half more.
      'gpt-6-astra': of(10, 50, 1, 12.5),
      'gpt-6.2-sol': of(2, 10, 0.1, 2.5),
      'gpt-6.1-sol': of(2, 10, 0.1, 2.5),
      'gpt-6-sol': of(2, 10, 0.2, 2.5),
      'gpt-6-luna': of(0.1, 0.5, 0.01, 0.125),
      'gpt-5.5': of(5, 30, 0.5, 0),
      'gpt-5.4': of(2.5, 15, 0.25, 0),
      'gpt-5.4-mini': of(0.75, 4.5, 0.075, 0),
      'gpt-5.3-codex': of(1.75, 14, 0.175, 0),
      'gpt-5.2-codex': of(1.75, 14, 0.175, 0),
      'gpt-5.2': of(1.75, 14, 0.175, 0),
      'gpt-5-codex': of(1.25, 10, 0.125, 0),
      'gpt-5-mini': of(0.25, 2, 0.025, 0),
    },
  },
  {
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    seen: '2026-10-07',
    models: {
      // Until the end of 2026; then twice as much.
      'gemini-3.8-flash': of(0.75, 3.75, 0.075, 0),
      'gemini-3.6-flash': of(0.75, 3.75, 0.075, 0),
      'gemini-3.5-flash': of(1.5, 9, 0.15, 0),
      // Prompts of up to 200,000 tokens; longer ones cost twice as much, and their output half more.
      'gemini-3.1-pro-preview': of(2, 12, 0.2, 0),
      'gemini-3-flash-preview': of(0.5, 3, 0.05, 0),
      'gemini-2.5-pro': of(1.25, 10, 0.125, 0),
      'gemini-2.5-flash': of(0.3, 2.5, 0.03, 0),
    },
  },
];

function of(input: number, output: number, cacheRead: number, cacheWrite: number): ModelPrice {
  return { input, output, cacheRead, cacheWrite };
}
