import { readVersion } from './version.ts';

// Everything else is loaded only when it is needed: this answers as fast as Node starts.
const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${readVersion()}\n`);
} else {
  const { processIo } = await import('./terminal/process-io.ts');
  const { runCli } = await import('./run-cli.ts');
  process.exitCode = await runCli(args, processIo(), { version: readVersion() });
  // What was interrupted may still wait for something; nobody waits for it.
  if (process.exitCode === 130) process.exit();
}
