// npm run demo: shows Tina at work on a sample repository, with scripted agents.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './lib/prepare.mjs';
import { stop } from './lib/stop.mjs';

const main = join(root, 'packages/harness/src/demo/main.ts');
if (!existsSync(main)) stop(`The demo is missing: ${main}.`, 'git checkout -- packages/harness');

const demo = spawn(prepare({ build: true }), [main, ...process.argv.slice(2)], { stdio: 'inherit' });

// The terminal sends Ctrl-C to both: the demo cleans up after itself, so this process has to outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') demo.kill(signal);
  });
}
demo.on('error', (error) => stop(`The demo could not be started: ${error.message}`));
demo.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
