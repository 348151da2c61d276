import { addUsage, type Usage, usageOf } from '@tina/domain';
import { type Fields, fieldsOf, numberOf } from '../cli/json-fields.ts';

/** Counts what a turn uses: OpenCode tells it of each request, once or several times. */
export class OpencodeUsage {
  readonly #steps = new Map<string, Usage>();

  begin(): void {
    this.#steps.clear();
  }

  /** @param part of the type `step-finish` */
  update(partId: string, part: Fields): void {
    const tokens = fieldsOf(part['tokens']);
    const cache = fieldsOf(tokens['cache']);
    const [input, output] = [numberOf(tokens['input']), numberOf(tokens['output'])];
    if (input === null || output === null) return;
    const [read, written] = [numberOf(cache['read']) ?? 0, numberOf(cache['write']) ?? 0];
    const thought = numberOf(tokens['reasoning']) ?? 0;
    this.#steps.set(
      partId,
      usageOf({
        inputTokens: input,
        cacheReadTokens: read,
        cacheWriteTokens: written,
        outputTokens: output + thought,
        costUsd: numberOf(part['cost']),
        contextTokens: input + read + written + output + thought,
      }),
    );
  }

  get soFar(): Usage | null {
    return [...this.#steps.values()].reduce<Usage | null>((sum, step) => addUsage(sum, step), null);
  }
}
