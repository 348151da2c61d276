import { runCommand } from './run-command.ts';
import type { CommandEnd, RunCommand } from './run-command.ts';
import { isStamped, removeStamp, writeStamp } from './setup-stamp.ts';

export interface RunSetup extends RunCommand {
  /** Where it is noted that the command has run in this folder; outside of the worktree and of git's folders. */
  readonly stampPath: string;
}

export type SetupResult =
  /** Ran: false when it had run here before. */
  | { readonly kind: 'ok'; readonly ran: boolean; readonly durationMs: number }
  | {
      readonly kind: 'failed';
      /** For a person: "exit code 1", "not done after 600 s". */
      readonly reason: string;
      /** Null when it did not end by itself. */
      readonly exitCode: number | null;
      readonly outputTail: string;
      /** Null when there is none. */
      readonly outputPath: string | null;
      readonly durationMs: number;
    };

/**
 * Runs the set-up command in a slot, once: when the same command has succeeded in the same folder before, nothing is done.
 * A set-up that was interrupted is begun again. Throws the signal's reason when it is aborted.
 */
export async function runSetup(parameters: RunSetup): Promise<SetupResult> {
  const { stampPath, ...command } = parameters;
  const stamped = { stampPath, command: command.command, cwd: command.cwd };
  if (await isStamped(stamped)) return { kind: 'ok', ran: false, durationMs: 0 };
  await removeStamp(stampPath);
  const { end, durationMs, output } = await runCommand(command);
  if (end.kind === 'exited' && end.exitCode === 0) {
    await writeStamp(stamped);
    return { kind: 'ok', ran: true, durationMs };
  }
  return {
    kind: 'failed',
    reason: reasonOf(end, command.timeoutMs),
    exitCode: end.kind === 'exited' ? end.exitCode : null,
    outputTail: output.tail,
    outputPath: output.path,
    durationMs,
  };
}

function reasonOf(end: CommandEnd, timeoutMs: number): string {
  switch (end.kind) {
    case 'exited':
      return `exit code ${end.exitCode}`;
    case 'signalled':
      return `ended by ${end.signal}`;
    case 'timed_out':
      return `not done after ${timeoutMs / 1000} s`;
    case 'not_started':
      return `could not be started: ${end.reason}`;
  }
}
