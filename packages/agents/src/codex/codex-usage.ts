import { type Usage, usageOf } from '@tina/domain';
import { type Fields, fieldsOf, numberOf } from '../cli/json-fields.ts';

interface Totals {
  /** With what a cache had. */
  readonly input: number;
  readonly cached: number;
  readonly cacheWritten: number;
  readonly output: number;
}

const NOTHING: Totals = { input: 0, cached: 0, cacheWritten: 0, output: 0 };

/**
 * Counts what a turn uses. Codex counts for a whole thread, over all of its processes, so a turn's part is a difference. A
 * thread that is resumed tells its total at once: what a process that died had used unheard goes to the turn that resumes it.
 */
export class CodexUsage {
  #total: Totals = NOTHING;
  #base: Totals = NOTHING;
  #hasNews = false;
  #context: Pick<Usage, 'contextTokens' | 'contextWindow'> = { contextTokens: null, contextWindow: null };

  begin(): void {
    this.#base = this.#total;
    this.#hasNews = false;
  }

  /** Another thread counts from nothing. */
  forget(): void {
    this.#total = NOTHING;
    this.#base = NOTHING;
  }

  /** @param tokenUsage of `thread/tokenUsage/updated` */
  update(tokenUsage: Fields): void {
    const total = fieldsOf(tokenUsage['total']);
    const input = numberOf(total['inputTokens']);
    const output = numberOf(total['outputTokens']);
    if (input === null || output === null) return;
    const cached = numberOf(total['cachedInputTokens']) ?? 0;
    const cacheWritten = numberOf(total['cacheWriteInputTokens']) ?? 0;
    this.#total = { input, cached, cacheWritten, output };
    this.#hasNews = true;
    this.#context = {
      contextTokens: numberOf(fieldsOf(tokenUsage['last'])['totalTokens']),
      contextWindow: numberOf(tokenUsage['modelContextWindow']),
    };
  }

  /** What the turn has used so far; null when nothing was told of it. */
  get soFar(): Usage | null {
    if (!this.#hasNews) return null;
    const part = (name: keyof Totals): number => Math.max(0, this.#total[name] - this.#base[name]);
    const [cached, cacheWritten] = [part('cached'), part('cacheWritten')];
    return usageOf({
      inputTokens: Math.max(0, part('input') - cached - cacheWritten),
      cacheReadTokens: cached,
      cacheWriteTokens: cacheWritten,
      outputTokens: part('output'),
      ...this.#context,
    });
  }
}
