import { relative } from 'node:path';

import type { CheckDefinition, CheckOutcome, CheckResult } from '@tina/domain';

import type { Secret } from '@tina/agents';
import type { EnvironmentMarker } from '../process/index.ts';
import { findFailures } from './find-failures.ts';
import { runCommand } from './run-command.ts';
import type { CommandEnd, CommandRun } from './run-command.ts';

/** What a shell says of a command that it finds but cannot execute, and of one that it does not find. */
const NOT_EXECUTED: readonly number[] = [126, 127];
/** A program that does this to itself has failed; any other signal came from outside. */
const CRASHES: readonly NodeJS.Signals[] = [
  ...(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGPIPE', 'SIGSEGV', 'SIGSYS', 'SIGTRAP'] as const),
];
/** How a shell tells that a command was ended from outside; SIGKILL is mostly the kernel's, out of memory. */
const KILLED_BY: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [137, 'SIGKILL'],
  [143, 'SIGTERM'],
]);

export interface RunCheck {
  readonly definition: CheckDefinition;
  readonly cwd: string;
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes the output, at most 20 MB and its end; below `stateDir`, and another one for each run of a check. */
  readonly outputPath: string;
  readonly stateDir: string;
  /** See `RunCommand.secrets`. */
  readonly secrets?: readonly Secret[];
  /** See `RunCommand.marker`; for example `{ TINA_CHECK: <job id> }`. */
  readonly marker?: EnvironmentMarker;
  readonly signal?: AbortSignal;
}

/**
 * Runs one check. Exit code 0 passes, another one fails; `could_not_run` when there is no such command or it was killed
 * from outside. Throws only the signal's reason.
 */
export async function runCheck(parameters: RunCheck): Promise<CheckResult> {
  const { definition, stateDir, ...command } = parameters;
  const run = await runCommand({
    ...command,
    command: definition.command,
    timeoutMs: definition.timeoutMs,
  });
  const outcome = outcomeOf(run.end);
  const outputPath = relative(stateDir, command.outputPath);
  return {
    name: definition.name,
    outcome,
    exitCode: run.end.kind === 'exited' ? run.end.exitCode : null,
    durationMs: run.durationMs,
    failures: await failuresOf(outcome, { pattern: definition.failures, run, outputPath }),
    outputPath: run.output.path === null ? null : outputPath,
    outputTail: run.output.tail + explain(run.end),
  };
}

function outcomeOf(end: CommandEnd): CheckOutcome {
  switch (end.kind) {
    case 'exited':
      if (end.exitCode === 0) return 'passed';
      return NOT_EXECUTED.includes(end.exitCode) || KILLED_BY.has(end.exitCode) ? 'could_not_run' : 'failed';
    case 'signalled':
      return CRASHES.includes(end.signal) ? 'failed' : 'could_not_run';
    case 'timed_out':
      return 'timed_out';
    case 'not_started':
      return 'could_not_run';
  }
}

interface NameFailures {
  readonly pattern: string | null;
  readonly run: CommandRun;
  readonly outputPath: string;
}

/**
 * Failures that could not be named must never pass for ones that were there before: they get a name that no other run
 * has.
 */
async function failuresOf(
  outcome: CheckOutcome,
  { pattern, run, outputPath }: NameFailures,
): Promise<readonly string[]> {
  if (pattern === null || (outcome !== 'failed' && outcome !== 'timed_out')) return [];
  const { path, isComplete } = run.output;
  const found = path === null ? { names: [], isComplete: false } : await findFailures({ path, pattern });
  if (isComplete && found.isComplete) return found.names;
  return [...found.names, `more than could be named, see ${outputPath}`].toSorted();
}

/** What the output itself does not say. */
function explain(end: CommandEnd): string {
  if (end.kind === 'not_started') return `[tina: the command could not be started: ${end.reason}]\n`;
  const signal =
    end.kind === 'exited' ? KILLED_BY.get(end.exitCode) : end.kind === 'signalled' ? end.signal : null;
  return signal ? `[tina: the command was ended by ${signal}]\n` : '';
}
