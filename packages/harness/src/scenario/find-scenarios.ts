import { TinaError } from '@tina/contract';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkoutRoot } from '../sandbox/checkout-root.ts';
import { SCENARIO_FILE } from './load-scenario.ts';

/** The folder of the scenarios that come with Tina. */
function shippedFolder(): string {
  return join(checkoutRoot(), 'packages', 'harness', 'scenarios');
}

/** The names of the scenarios that come with Tina, sorted. */
export async function shippedNames(): Promise<readonly string[]> {
  const names = await readdir(shippedFolder());
  return names.filter((name) => existsSync(join(shippedFolder(), name, SCENARIO_FILE))).toSorted();
}

/**
 * The folder of a scenario: by the name of one that comes with Tina, or by the path of one.
 *
 * @throws TinaError `unknown_scenario`
 */
export async function findScenario(given: string, cwd: string): Promise<string> {
  const path = resolve(cwd, given.replace(/\/?scenario\.yaml$/, ''));
  if (given.includes('/') || given.startsWith('.')) {
    if (existsSync(join(path, SCENARIO_FILE))) return path;
    throw unknownScenario(`There is no ${SCENARIO_FILE} in ${path}.`, []);
  }
  const names = await shippedNames();
  if (names.includes(given)) return join(shippedFolder(), given);
  // A folder beside one, as `tina harness new` makes it.
  if (existsSync(join(path, SCENARIO_FILE))) return path;
  throw unknownScenario(
    `There is no scenario ${JSON.stringify(given)}, and no folder of that name here.`,
    names,
  );
}

function unknownScenario(message: string, names: readonly string[]): TinaError {
  return new TinaError({
    code: 'unknown_scenario',
    message,
    details: names.length === 0 ? [] : [`Tina comes with: ${names.join(', ')}`],
    next: ['tina harness list', 'tina harness new <name>      makes one of your own'],
  });
}
