import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sandbox } from '../sandbox/sandbox.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ChosenAgent } from './play-options.ts';

/** Lies in the repository beside the code, as a design does. */
export function designPath({ feature }: Scenario): string {
  return `docs/${feature}-design.md`;
}

/** Makes the scenario's repository and an empty home for Tina beside it, with nothing of the user's but a chosen agent. */
export async function makeSandbox(scenario: Scenario, agent: ChosenAgent): Promise<Sandbox> {
  const { script, config, without } = scenario;
  const files = Object.fromEntries([...scenario.files, [designPath(scenario), scenario.design]]);
  const sandbox = await Sandbox.create({
    ...(script === null ? {} : { script }),
    config,
    without,
    files,
    ...(agent.kind === 'scripted' ? {} : { env: agent.env }),
  });
  if (agent.kind === 'configured' && agent.userConfig !== null) {
    await mkdir(join(sandbox.home, 'config'), { recursive: true });
    await writeFile(join(sandbox.home, 'config', 'config.yaml'), agent.userConfig);
  }
  return sandbox;
}
