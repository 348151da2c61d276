import { nulList } from './nul-list.ts';
import type { Git } from './run-git.ts';

/** The settings whose names match, from all of git's configuration; of several values the nearest, which comes last. */
export async function readConfig(git: Git, namePattern: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await git(['config', '-z', '--get-regexp', namePattern], { answers: [0, 1] });
  const settings = new Map<string, string>();
  for (const item of nulList(stdout)) {
    // A name without a value is a switch that is on; none of those read here is one.
    const [name = '', ...value] = item.split('\n');
    settings.set(name, value.join('\n'));
  }
  return settings;
}
