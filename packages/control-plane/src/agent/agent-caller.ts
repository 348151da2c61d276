import { type AgentProcedure, mayCall, TinaError, verbsOf } from '@tina/contract';
import { type Attempt, found, isActive, type RunState, type Task } from '@tina/domain';
import type { RunExecutor } from '../executor/run-executor.ts';
import type { CallContext, Caller } from '../server/handler.ts';
import type { RefuseAgent } from '../server/serve.ts';

/** Who calls, with the state of its run. */
export interface AgentCaller {
  readonly caller: Extract<Caller, { kind: 'agent' }>;
  readonly state: RunState;
  readonly attempt: Attempt;
  readonly task: Task;
}

/** Looks up who calls: by the token alone, whatever else the call says (G29). */
export async function findCaller(
  { executor }: { readonly executor: RunExecutor },
  { caller }: CallContext,
): Promise<AgentCaller> {
  if (caller.kind !== 'agent')
    throw new TinaError({ code: 'not_allowed', message: 'This is for agents at work.' });
  const state = await executor.load(caller.runId);
  const attempt = state && found(state.attempts, caller.attemptId);
  const task = attempt && found(state.tasks, attempt.taskId);
  if (!state || !attempt || !task || attempt.epoch !== caller.epoch || !isActive(attempt)) {
    throw new TinaError({
      code: 'stale_attempt',
      message: `Attempt ${caller.attemptId} has ended, or is not the current one: nothing that it says counts any more.`,
      next: ['stop'],
    });
  }
  return { caller, state, attempt, task };
}

/** Refuses what the role's row of the table does not have, and notes the try (G28, G29). */
export async function holdToRole(
  { attempt, caller }: AgentCaller,
  call: { readonly name: AgentProcedure; readonly input: unknown },
  refuseAgent: RefuseAgent,
): Promise<void> {
  if (mayCall(attempt.role, call.name)) return;
  const refusal = new TinaError({
    code: 'not_allowed',
    message: `A ${attempt.role} may not call ${call.name}.`,
    next: verbsOf(attempt.role).map(({ command }) => command),
  });
  await refuseAgent(call, caller, refusal);
}
