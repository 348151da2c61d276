import type { CliAgentDefinition, Launch } from '@tina/contract';
import type { AgentIo } from '../adapter/agent-adapter.ts';
import { findProgram } from '../process/find-program.ts';

export type LocatedCommand =
  /** `before` stands before the program's own arguments. */
  { readonly program: string; readonly before: readonly string[] } | { readonly problem: string };

/** The program of an agent CLI's definition, as its session finds it. */
export function locateCommand(
  { command }: CliAgentDefinition,
  { worktree }: Pick<Launch, 'worktree'>,
  { env }: Pick<AgentIo, 'env'>,
): LocatedCommand {
  const [name = '', ...before] = command;
  const program = findProgram({ name, directory: worktree, path: env['PATH'] });
  if (program !== null) return { program, before };
  return { problem: `The program ${name} was not found, or may not be executed.` };
}
