import { type Machine, type NodeApi, TinaError } from '@tina/contract';
import type { OperatorCommand } from '@tina/domain';
import type { Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';
import { resolveRun, resolveTask } from '../query/resolve.ts';
import type { Caller, Handlers } from '../server/handler.ts';
import { cleanUp } from './clean-up.ts';
import type { ControlActions } from './control-actions.ts';
import { createRunOfDesign } from './create-run.ts';

export interface CommandDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly machine: Machine;
  readonly actions: ControlActions;
  readonly nodeId: string;
  readonly newId: () => string;
  readonly node: NodeApi;
}

interface Target {
  readonly runId: string;
  readonly command: OperatorCommand;
}

type RunCommandName =
  | 'run.create'
  | 'run.pause'
  | 'run.resume'
  | 'run.cancel'
  | 'run.finalize'
  | 'run.cleanup';
type PartCommandName = 'task.retry' | 'task.skip' | 'gate.approve' | 'gate.reject' | 'agent.report';

/** What operators and agents may do, each logged with who asked for it and what came of it (G28). */
export function createCommands(
  dependencies: CommandDependencies,
): Pick<Handlers, RunCommandName | PartCommandName> {
  return { ...createRunCommands(dependencies), ...createPartCommands(dependencies) };
}

function createRunCommands(dependencies: CommandDependencies): Pick<Handlers, RunCommandName> {
  const onRun = (
    kind: string,
    caller: Caller,
    input: { readonly idempotencyKey: string; readonly run: string },
    command: OperatorCommand,
  ): ReturnType<typeof operate> =>
    operate(dependencies, { kind, caller, input }, async () => ({
      runId: (await resolveRun(dependencies, input.run)).id,
      command,
    }));
  return {
    'run.create': (input, { caller }) => createRunOfDesign(dependencies, input, nameOf(caller)),
    'run.pause': (input, { caller }) => onRun('run.pause', caller, input, { kind: 'pause', now: input.now }),
    'run.resume': (input, { caller }) => onRun('run.resume', caller, input, { kind: 'resume' }),
    'run.cancel': (input, { caller }) =>
      onRun('run.cancel', caller, input, { kind: 'cancel', reason: input.reason ?? null }),
    'run.finalize': (input, { caller }) =>
      onRun('run.finalize', caller, input, { kind: 'finalize', choice: input.choice }),
    'run.cleanup': (input, { caller }) => cleanUp(dependencies, input, nameOf(caller)),
  };
}

function createPartCommands(dependencies: CommandDependencies): Pick<Handlers, PartCommandName> {
  const onGate = (
    kind: string,
    caller: Caller,
    input: { readonly idempotencyKey: string; readonly gate: string },
    command: OperatorCommand,
  ): ReturnType<typeof operate> =>
    operate(dependencies, { kind, caller, input }, async () => {
      const runId = await dependencies.store.findOwner('gate', input.gate);
      if (runId !== null) return { runId, command };
      throw new TinaError({
        code: 'no_such_gate',
        message: `There is no gate ${input.gate}.`,
        next: ['tina status'],
      });
    });
  const onTask = (
    kind: string,
    caller: Caller,
    input: { readonly idempotencyKey: string; readonly task: string },
    commandFor: (taskId: string) => OperatorCommand,
  ): ReturnType<typeof operate> =>
    operate(dependencies, { kind, caller, input }, async () => {
      const { state, task } = await resolveTask(dependencies, input.task);
      return { runId: state.id, command: commandFor(task.id) };
    });
  return {
    'task.retry': (input, { caller }) =>
      onTask('task.retry', caller, input, (taskId) => ({ kind: 'retry', taskId })),
    'task.skip': (input, { caller }) =>
      onTask('task.skip', caller, input, (taskId) => ({ kind: 'skip', taskId, reason: input.reason })),
    'gate.approve': (input, { caller }) => {
      const { gate, comment } = input;
      return onGate('gate.approve', caller, input, {
        kind: 'approve',
        gateId: gate,
        comment: comment ?? null,
      });
    },
    'gate.reject': (input, { caller }) =>
      onGate('gate.reject', caller, input, { kind: 'reject', gateId: input.gate, comment: input.comment }),
    'agent.report': async ({ report }, { caller }) => {
      if (caller.kind !== 'agent')
        throw new TinaError({ code: 'not_allowed', message: 'Only an agent reports.' });
      const { attemptId, epoch } = caller;
      const answer = await dependencies.node.report({ attemptId, epoch, report });
      if (!answer.ok) throw new TinaError({ code: answer.code, message: answer.message });
      return { attemptId, accepted: true };
    },
  };
}

async function operate(
  { store, actions }: CommandDependencies,
  request: {
    readonly kind: string;
    readonly caller: Caller;
    readonly input: { readonly idempotencyKey: string };
  },
  find: () => Promise<Target>,
): Promise<{ runId: string; status: string }> {
  const { idempotencyKey, ...payload } = request.input;
  // The same key gets the same answer even when what it names has changed since.
  const before = await store.findAction(idempotencyKey);
  if (before) return actions.answerOf(before) as { runId: string; status: string };
  const { runId, command } = await find();
  const requestedBy = nameOf(request.caller);
  return actions.perform({ runId, kind: request.kind, idempotencyKey, requestedBy, payload, command });
}

function nameOf(caller: Caller): string {
  return caller.kind === 'operator' ? caller.name : `agent ${caller.attemptId}`;
}
