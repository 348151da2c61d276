import { readVersion } from './version.ts';

// Everything else is loaded only when it is needed: this answers as fast as Node starts.
const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${readVersion()}\n`);
} else {
  const { start } = await import('./start.ts');
  await start(args, readVersion());
}
