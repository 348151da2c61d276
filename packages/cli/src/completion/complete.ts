import { proposeCompletions } from '@stricli/core';
import { printLines } from '../output/print.ts';
import { createApplication } from '../program/application.ts';
import type { CliContext } from '../program/context.ts';

/** A line per proposal: the word, a tab, what it is. */
export async function complete(
  context: CliContext,
  _flags: Readonly<Record<never, never>>,
  ...words: readonly string[]
): Promise<void> {
  const application = createApplication(words, () => {});
  const proposals = await proposeCompletions(application, words, context);
  const lines = proposals.map(({ completion, brief }) => `${completion}\t${brief.split('\n')[0] ?? ''}`);
  printLines(context.io, lines);
}
