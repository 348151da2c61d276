import { TinaError } from '@tina/contract';
import { readFile } from 'node:fs/promises';
import type { ChosenAgent } from '../play/play-options.ts';
import type { HarnessIo, HarnessOptions } from './io.ts';

/**
 * Who does the work: `scripted`, or an agent by its name in the user's own configuration, which then has the user's environment.
 *
 * @throws TinaError `no_agent` where the user has no configuration
 */
export async function chooseAgent(
  name: string | undefined,
  io: Pick<HarnessIo, 'env'>,
  { userConfigPath }: Pick<HarnessOptions, 'userConfigPath'>,
): Promise<ChosenAgent> {
  if (name === undefined || name === 'scripted') return { kind: 'scripted' };
  const userConfig = await readFile(userConfigPath, 'utf8').catch(() => null);
  if (userConfig === null) {
    throw new TinaError({
      code: 'no_agent',
      message: `The agent ${JSON.stringify(name)} is not known: a scenario takes agents from your own configuration, and there is none.`,
      place: { file: userConfigPath },
      next: [`write the agent's definition there`, 'tina config --schema      has its form'],
    });
  }
  const env = Object.entries(io.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(?:TINA_|PATH$|TMUX)/.test(entry[0]),
  );
  return { kind: 'configured', name, userConfig, env: Object.fromEntries(env) };
}
