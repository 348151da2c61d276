import { runCli } from './run-cli.ts';
import { processIo } from './terminal/process-io.ts';

/** Runs the command line of this process and leaves its exit code. */
export async function start(args: readonly string[], version: string): Promise<void> {
  process.exitCode = await runCli(args, processIo(), { version });
  // What was interrupted may still wait for something; nobody waits for it.
  if (process.exitCode === 130) process.exit();
}
