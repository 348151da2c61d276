import {
  type ErrorParameters,
  type Machine,
  type NodeApi,
  type ParsedInput,
  type ProcedureOutput,
  type Remains,
  TinaError,
} from '@tina/contract';
import type { OperatorCommand, Rejection } from '@tina/domain';
import type { Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';
import { resolveRun, resolveRunId, resolveTask } from '../query/resolve.ts';
import { type Caller, type Handlers, nameOf } from '../server/handler.ts';
import { cleanUp } from './clean-up.ts';
import type { ControlActions } from './control-actions.ts';
import { createRunOfDesign } from './create-run.ts';
import { refusePullRequest } from './refuse-pull-request.ts';
import { readAmount } from './gate-amount.ts';
import { readEdit } from './task-edit.ts';
import { repair } from './verify/repair.ts';

export interface CommandDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly machine: Machine;
  readonly actions: ControlActions;
  readonly nodeId: string;
  readonly newId: () => string;
  readonly node: NodeApi;
  readonly remains: Remains | null;
  readonly onMended: () => void;
}

type RunCommandName =
  | 'run.create'
  | 'run.pause'
  | 'run.resume'
  | 'run.cancel'
  | 'run.finalize'
  | 'run.cleanup'
  | 'run.repair';
type PartCommandName =
  | 'task.retry'
  | 'task.skip'
  | 'task.edit'
  | 'gate.approve'
  | 'gate.reject'
  | 'agent.report';

/** What operators and agents may do, each logged with who asked for it and what came of it (G28). */
export function createCommands(
  dependencies: CommandDependencies,
): Pick<Handlers, RunCommandName | PartCommandName> {
  return {
    ...createRunCommands(dependencies),
    ...createPartCommands(dependencies),
    'agent.report': ({ report }, { caller }) => takeReport(dependencies, report, caller),
  };
}

function createRunCommands(dependencies: CommandDependencies): Pick<Handlers, RunCommandName> {
  const { store, machine } = dependencies;
  const onRun = (
    kind: string,
    caller: Caller,
    input: { readonly idempotencyKey: string; readonly run: string },
    command: OperatorCommand,
  ): ReturnType<typeof operate> =>
    operate(dependencies, { kind, caller, input }, async () => ({
      runId: await resolveRunId(store, input.run),
      command,
    }));
  return {
    'run.create': (input, { caller }) => createRunOfDesign(dependencies, input, nameOf(caller)),
    'run.pause': (input, { caller }) => onRun('run.pause', caller, input, { kind: 'pause', now: input.now }),
    'run.resume': (input, { caller }) => onRun('run.resume', caller, input, { kind: 'resume' }),
    'run.cancel': (input, { caller }) =>
      onRun('run.cancel', caller, input, { kind: 'cancel', reason: input.reason ?? null }),
    'run.finalize': (input, { caller }) =>
      operate(dependencies, { kind: 'run.finalize', caller, input }, async () => {
        const state = await resolveRun(dependencies, input.run);
        if (input.choice === 'pr') await refusePullRequest(machine, state);
        return { runId: state.id, command: { kind: 'finalize', choice: input.choice } };
      }),
    'run.cleanup': (input, { caller }) => cleanUp(dependencies, input, nameOf(caller)),
    'run.repair': (input, { caller }) => repair(dependencies, input, nameOf(caller)),
  };
}

async function takeReport(
  { node }: CommandDependencies,
  report: ParsedInput<'agent.report'>['report'],
  caller: Caller,
): Promise<ProcedureOutput<'agent.report'>> {
  if (caller.kind !== 'agent')
    throw new TinaError({ code: 'not_allowed', message: 'Only an agent reports.' });
  const { attemptId, epoch } = caller;
  const answer = await node.report({ attemptId, epoch, report });
  if (!answer.ok) throw new TinaError({ code: answer.code, message: answer.message });
  return { attemptId, accepted: true };
}

function createPartCommands(
  dependencies: CommandDependencies,
): Pick<Handlers, Exclude<PartCommandName, 'agent.report'>> {
  const onGate = (
    kind: string,
    caller: Caller,
    input: { readonly idempotencyKey: string; readonly gate: string },
    commandFor: (runId: string) => OperatorCommand | Promise<OperatorCommand>,
  ): ReturnType<typeof operate> =>
    operate(dependencies, { kind, caller, input }, async () => {
      const runId = await dependencies.store.findOwner('gate', input.gate);
      if (runId !== null) return { runId, command: await commandFor(runId) };
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
    'task.edit': (input, { caller }) =>
      operate(dependencies, { kind: 'task.edit', caller, input }, async () => {
        const { state, task } = await resolveTask(dependencies, input.task);
        const { edit, explain } = readEdit(input, state, task);
        const command = {
          kind: 'edit-task',
          taskId: task.id,
          edit,
          revision: input.revision ?? null,
        } as const;
        return { runId: state.id, command, explain };
      }),
    'gate.approve': (input, { caller }) =>
      onGate('gate.approve', caller, input, async (runId) => {
        const { gate: gateId, comment = null, add } = input;
        const more = add === undefined ? {} : { add: await readAmount(dependencies, { runId, gateId, add }) };
        return { kind: 'approve', gateId, comment, ...more };
      }),
    'gate.reject': (input, { caller }) =>
      onGate('gate.reject', caller, input, () => ({
        kind: 'reject',
        gateId: input.gate,
        comment: input.comment,
      })),
  };
}

function operate(
  { actions }: CommandDependencies,
  request: {
    readonly kind: string;
    readonly caller: Caller;
    readonly input: { readonly idempotencyKey: string };
  },
  find: () => Promise<{
    readonly runId: string;
    readonly command: OperatorCommand;
    readonly explain?: (rejection: Rejection) => ErrorParameters;
  }>,
): Promise<{ runId: string; status: string }> {
  const { kind, caller } = request;
  const { idempotencyKey, ...payload } = request.input;
  return actions.once({ kind, idempotencyKey, requestedBy: nameOf(caller), payload }, async (ticket) => {
    const { runId, command, explain } = await find();
    return actions.command(ticket, runId, command, explain);
  });
}
