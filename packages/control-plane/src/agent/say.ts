import { TinaError } from '@tina/contract';
import type { NodeCommand, RunState } from '@tina/domain';
import type { AgentCaller } from './agent-caller.ts';
import type { AgentDependencies } from './agent-dependencies.ts';

type Said =
  Exclude<NodeCommand, { kind: 'complete-job' }> extends infer Command
    ? Command extends { readonly attemptId: string; readonly epoch: number }
      ? Omit<Command, 'attemptId' | 'epoch'>
      : never
    : never;

/** Has the run hear the caller; answers with its state after that. */
export async function say(
  { executor }: Pick<AgentDependencies, 'executor'>,
  { caller, state }: AgentCaller,
  said: Said,
): Promise<RunState> {
  const { attemptId, epoch } = caller;
  const executed = await executor.execute(state.id, { ...said, attemptId, epoch });
  if (executed.kind === 'done') return executed.state;
  if (executed.kind === 'rejected') throw new TinaError(executed.rejection);
  throw new TinaError({ code: 'no_such_run', message: `There is no run ${state.id}.` });
}
