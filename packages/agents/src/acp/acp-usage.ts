import { type Usage, usageOf } from '@tina/domain';
import { type Fields, fieldsOf, numberOf } from '../cli/json-fields.ts';

/** What the numbers in an answer count: the turn, all turns since the session began, or the turn's last request alone. */
export type UsageScope = 'turn' | 'session' | 'request';

type Counts = Pick<Usage, 'inputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'outputTokens'>;

const NOTHING: Counts = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** Counts what a turn uses, as far as the agent says. */
export class AcpUsage {
  readonly #scope: UsageScope;
  #context: Pick<Usage, 'contextTokens' | 'contextWindow'> = { contextTokens: null, contextWindow: null };
  /** Of the session, as it was told last; null when nobody knows from where it counts. */
  #cost: number | null;
  #costBase: number | null;
  #total: Counts | null;
  #counts: Counts | null = null;

  /** @param isNew the session has used nothing so far: what it counts is all its own */
  constructor(scope: UsageScope, isNew: boolean) {
    this.#scope = scope;
    this.#cost = isNew ? 0 : null;
    this.#costBase = this.#cost;
    this.#total = isNew ? NOTHING : null;
  }

  begin(): void {
    this.#costBase = this.#cost;
    this.#counts = null;
  }

  /** @param update of the kind `usage_update` */
  update(update: Fields): void {
    this.#context = { contextTokens: numberOf(update['used']), contextWindow: numberOf(update['size']) };
    const cost = fieldsOf(update['cost']);
    if (cost['currency'] === 'USD') this.#cost = numberOf(cost['amount']);
  }

  /** @param result what answered `session/prompt` */
  end(result: Fields): void {
    const told = readCounts(result);
    if (told === null || this.#scope === 'request') return;
    this.#counts = this.#scope === 'turn' ? told : difference(told, this.#total);
    this.#total = told;
  }

  /** Null when nothing was told of the turn. */
  get soFar(): Usage | null {
    const costUsd =
      this.#cost === null || this.#costBase === null ? null : Math.max(0, this.#cost - this.#costBase);
    const isTold = this.#counts !== null || this.#context.contextTokens !== null;
    if (!isTold) return null;
    return usageOf({ ...this.#counts, costUsd: costUsd === 0 ? null : costUsd, ...this.#context });
  }
}

/** Whether an answer says what was used. */
export function tellsUsage(result: Fields): boolean {
  return readCounts(result) !== null;
}

function readCounts(result: Fields): Counts | null {
  return readStandard(fieldsOf(result['usage'])) ?? readQuota(fieldsOf(fieldsOf(result['_meta'])['quota']));
}

/** Agents differ in whether input has what the cache had, and output what was thought: the total tells which. */
function readStandard(usage: Fields): Counts | null {
  const [input, output] = [numberOf(usage['inputTokens']), numberOf(usage['outputTokens'])];
  if (input === null || output === null) return null;
  const read = numberOf(usage['cachedReadTokens']);
  const written = numberOf(usage['cachedWriteTokens']);
  const cached = (read ?? 0) + (written ?? 0);
  const thought = numberOf(usage['thoughtTokens']) ?? 0;
  const beside = (numberOf(usage['totalTokens']) ?? input + output + cached) - input - output;
  const hasCacheInside = cached > 0 && (beside === 0 || beside === thought);
  const hasThoughtBeside = thought > 0 && (beside === thought || beside === cached + thought);
  return {
    inputTokens: hasCacheInside ? Math.max(0, input - cached) : input,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    outputTokens: hasThoughtBeside ? output + thought : output,
  };
}

/** Gemini CLI's own place: input with what a cache had, output without thoughts. */
function readQuota(quota: Fields): Counts | null {
  const counts = fieldsOf(quota['token_count']);
  const [inputTokens, outputTokens] = [numberOf(counts['input_tokens']), numberOf(counts['output_tokens'])];
  if (inputTokens === null || outputTokens === null) return null;
  return { inputTokens, outputTokens, cacheReadTokens: null, cacheWriteTokens: null };
}

function difference(total: Counts, before: Counts | null): Counts | null {
  if (before === null) return null;
  const part = (name: keyof Counts): number | null =>
    total[name] === null ? null : Math.max(0, total[name] - (before[name] ?? 0));
  return {
    inputTokens: part('inputTokens'),
    cacheReadTokens: part('cacheReadTokens'),
    cacheWriteTokens: part('cacheWriteTokens'),
    outputTokens: part('outputTokens'),
  };
}
