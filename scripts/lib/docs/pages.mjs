import { configJsonSchema } from '../../../packages/contract/src/index.ts';
import { scenarioJsonSchema } from '../../../packages/harness/src/index.ts';
import { eventsPage } from './events-page.mjs';
import { jsonOutputPage } from './json-output-page.mjs';
import { plantedBugsPage } from './planted-bugs-page.mjs';
import { transitionsPage } from './transitions-page.mjs';

/** The text of every page that is made from the code, by its name in docs/. */
export function pages() {
  return {
    'json-output.md': jsonOutputPage(),
    'events.md': eventsPage(),
    'transitions.md': transitionsPage(),
    'planted-bugs.md': plantedBugsPage(),
    'config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    'scenario.schema.json': `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`,
  };
}
