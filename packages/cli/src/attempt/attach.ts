import { spawn } from 'node:child_process';
import { TinaError, type ProcedureOutput } from '@tina/contract';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';

export async function attach(
  context: CliContext,
  _flags: Readonly<Record<never, never>>,
  which: string,
): Promise<void> {
  const attempt = await request(context, (client) => client.call('attempt.get', { attempt: which }));
  if (attempt.attachCommand === null) throw noSession(attempt);
  const code = await runInTerminal(attempt.attachCommand, context);
  if (code !== 0) context.process.exitCode = code;
}

function noSession(attempt: ProcedureOutput<'attempt.get'>): TinaError {
  const over = attempt.settled || attempt.endedAt !== null;
  return new TinaError({
    code: 'no_session',
    message: over
      ? `Attempt ${attempt.id} has ended (${attempt.status}), and its session with it.`
      : `Attempt ${attempt.id} is ${attempt.status} and has no tmux session; without tmux, agents run as plain processes.`,
    next: [`tina logs ${attempt.id}${over ? '' : ' --follow'}`, ...(over ? [] : ['tina doctor'])],
  });
}

/** The terminal is the other program's until it ends; Ctrl-C is for it. */
function runInTerminal([command = 'tmux', ...args]: readonly string[], { io }: CliContext): Promise<number> {
  const stopListening = io.onInterrupt(() => {});
  // Within another tmux it would refuse to nest, but this is a server of its own.
  const { TMUX: _, ...env } = io.env;
  return new Promise<number>((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    child.once('error', (error) => {
      reject(
        new TinaError({
          code: 'attach_failed',
          message: `${command} could not be started: ${error.message}.`,
          next: ['tina doctor'],
        }),
      );
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  }).finally(stopListening);
}
