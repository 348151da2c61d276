import { addUsage, type Usage, usageOf } from '@tina/domain';
import { type Fields, fieldsOf, numberOf, textOf } from '../cli/json-fields.ts';

/**
 * Counts what a turn uses. While it is under way, only what went in is known, from the answers; the final record has all of
 * it. What is counted for the whole session (`total_cost_usd`, `modelUsage`) is left alone: a turn's part of it would be a
 * difference, and a session that was resumed after a crash has forgotten what the crash had cost.
 */
export class ClaudeUsage {
  #answers = new Map<string, Usage>();
  #results: Usage | null = null;
  #contextTokens: number | null = null;

  begin(): void {
    this.#answers.clear();
    this.#results = null;
  }

  /** An answer of the model, of which several records tell; the newest counts hold. True when it is a new one. */
  answer(message: Fields): boolean {
    const id = textOf(message['id']);
    const usage = readTokens(fieldsOf(message['usage']));
    if (id === null || usage.inputTokens === null || message['model'] === SYNTHETIC) return false;
    const isNew = !this.#answers.has(id);
    // What an answer says of its own length is not final.
    this.#answers.set(id, { ...usage, outputTokens: null });
    this.#contextTokens = usage.inputTokens + (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
    return isNew;
  }

  /** A final record: one message that comes late has one of its own within the same turn. */
  result(record: Fields): void {
    this.#results = addUsage(this.#results, readResult(record));
    this.#answers.clear();
  }

  /** What the turn has used so far; null when nothing is known. */
  get soFar(): Usage | null {
    let usage = this.#results;
    for (const answer of this.#answers.values()) usage = addUsage(usage, answer);
    return usage === null ? null : { ...usage, contextTokens: this.#contextTokens };
  }
}

/** An answer that Claude Code made up, to tell of an error. */
const SYNTHETIC = '<synthetic>';

/** All models of the turn, such as those of its sub-agents; `usage` has the main one alone. */
function readResult(record: Fields): Usage | null {
  const models = Object.values(fieldsOf(record['model_usage_since_last_result'])).map(fieldsOf);
  const window = contextWindowOf(record);
  if (models.length === 0) {
    const usage = readTokens(fieldsOf(record['usage']));
    return usage.inputTokens === null ? null : { ...usage, contextWindow: window };
  }
  let sum: Usage | null = null;
  for (const model of models) sum = addUsage(sum, readModel(model));
  return sum === null ? null : { ...sum, contextWindow: window };
}

function readModel(model: Fields): Usage {
  return usageOf({
    inputTokens: numberOf(model['inputTokens']),
    cacheReadTokens: numberOf(model['cacheReadInputTokens']),
    cacheWriteTokens: numberOf(model['cacheCreationInputTokens']),
    outputTokens: numberOf(model['outputTokens']),
    costUsd: numberOf(model['costUSD']),
  });
}

function readTokens(usage: Fields): Usage {
  return usageOf({
    inputTokens: numberOf(usage['input_tokens']),
    cacheReadTokens: numberOf(usage['cache_read_input_tokens']),
    cacheWriteTokens: numberOf(usage['cache_creation_input_tokens']),
    outputTokens: numberOf(usage['output_tokens']),
  });
}

/** That of the model that has read most: small errands go to others. */
function contextWindowOf(record: Fields): number | null {
  const models = Object.values(fieldsOf(record['modelUsage'])).map(fieldsOf);
  const read = (model: Fields): number =>
    (numberOf(model['inputTokens']) ?? 0) + (numberOf(model['cacheReadInputTokens']) ?? 0);
  const [main] = models.toSorted((a, b) => read(b) - read(a));
  return main === undefined ? null : numberOf(main['contextWindow']);
}
