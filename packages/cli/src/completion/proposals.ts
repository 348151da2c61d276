import { proposeCompletions, type Application } from '@stricli/core';
import type { CliContext } from '../program/context.ts';

/**
 * What may stand at the cursor, a line each: the word, a tab, what it is. The program is given, not imported, so that a
 * bundle keeps it in one piece with what starts it.
 */
export async function proposals(
  context: CliContext,
  programFor: (inputs: readonly string[]) => Application<CliContext>,
  words: readonly string[],
): Promise<readonly string[]> {
  const inputs = words[0] === '--' ? words.slice(1) : words;
  const found = await proposeCompletions(programFor(inputs), inputs, context);
  return found.map(({ completion, brief }) => `${completion}\t${brief.split('\n')[0] ?? ''}`);
}
