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
  const program = programFor(inputs);
  const found = await proposeCompletions(program, inputs, context);
  const lines = found.map(({ completion, brief }) => line(completion, brief));
  return [...new Set([...subcommands(program, inputs), ...lines])];
}

/** The library proposes those of a group only where the group does nothing by itself. */
function subcommands({ root }: Application<CliContext>, inputs: readonly string[]): readonly string[] {
  const [name, partial, ...more] = inputs;
  if (partial === undefined || more.length > 0 || !('getAllEntries' in root)) return [];
  const group = root.getAllEntries().find((entry) => entry.name.original === name)?.target;
  if (group === undefined || !('getAllEntries' in group) || group.getDefaultCommand() === undefined)
    return [];
  return group
    .getAllEntries()
    .filter((entry) => entry.name.original.startsWith(partial))
    .map(({ name: { original }, target }) => line(original, target.brief));
}

function line(word: string, brief: string): string {
  return `${word}\t${brief.split('\n')[0] ?? ''}`;
}
