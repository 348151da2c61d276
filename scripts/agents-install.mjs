// npm run agents:install [-- <name> ...]: installs the agent CLIs that tests drive, in pinned versions, into a cache
// outside of the checkout: TINA_TEST_AGENTS, else tina-test-agents in XDG_CACHE_HOME.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';

const main = join(root, 'packages/model-server/src/test-agents/main.ts');
const { status } = spawnSync(prepare(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
