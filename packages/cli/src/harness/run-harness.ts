import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TinaError } from '@tina/contract';
import { wantsColour } from '../output/style.ts';
import { refuseAgent } from '../program/agent-identity.ts';
import type { CliContext } from '../program/context.ts';
import { pathsOf } from '../program/with-client.ts';

/**
 * Starts the harness, which is a program of its own: it drives Tina from outside, so nothing of Tina may depend on it. What it
 * prints goes where this command prints, and its exit code becomes this command's.
 *
 * @throws TinaError `not_allowed` within an attempt, `harness_missing`
 */
export async function runHarness(context: CliContext, args: readonly string[]): Promise<void> {
  refuseAgent(context, 'the harness');
  const { io } = context;
  const { stateDir, configPath } = pathsOf(context);
  const [command = '', ...rest] = args;
  const own = ['--state', stateDir, '--user-config', configPath];
  if (wantsColour(io, io.stdout)) own.push('--colour');
  const program = fileURLToPath(new URL('../../../harness/src/command/main.ts', import.meta.url));
  const code = await follow(context, [program, command, ...own, ...rest]);
  if (code !== 0) context.process.exitCode = code;
}

function follow({ io }: CliContext, args: readonly string[]): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: io.cwd,
      env: { ...io.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C is for this process alone: the harness is told below, and what it has started ends in order.
      detached: true,
    });
    // It clears away what it made before it ends.
    const stopListening = io.onInterrupt(() => child.kill('SIGTERM'));
    child.stdout.setEncoding('utf8').on('data', io.stdout.write);
    child.stderr.setEncoding('utf8').on('data', io.stderr.write);
    child.once('error', (error) => {
      reject(
        new TinaError({
          code: 'harness_missing',
          message: `The harness could not be started: ${error.message}.`,
          next: ['npm run build      in the clone of Tina'],
        }),
      );
    });
    child.once('close', (code) => {
      stopListening();
      resolve(code ?? 1);
    });
  });
}
