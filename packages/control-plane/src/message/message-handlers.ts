import { TinaError } from '@tina/contract';
import { found, type Message, type OperatorCommand, openQuestions, type RunState } from '@tina/domain';
import type { EntityKind, Store } from '@tina/store';
import type { EventBus } from '../executor/event-bus.ts';
import type { RunExecutor } from '../executor/run-executor.ts';
import type { ControlActions } from '../operation/control-actions.ts';
import { resolveRun, resolveTask } from '../query/resolve.ts';
import { nameOf, type Handlers } from '../server/handler.ts';
import type { After } from '../timer/alarm.ts';
import { messageView, questionView } from './render-message.ts';
import { waitUntil } from './wait-until.ts';

export interface MessageDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly actions: ControlActions;
  readonly bus: EventBus;
  readonly after: After;
}

/** More runs than one machine works at. */
const MANY_RUNS = 1_000_000;

type Names = 'message.send' | 'message.get' | 'message.list' | 'question.list' | 'question.answer';

/** What people say to agents, and what agents ask them. */
export function createMessageHandlers(dependencies: MessageDependencies): Pick<Handlers, Names> {
  const { store, executor, actions, bus, after } = dependencies;
  const byId = (kind: EntityKind, id: string): Promise<RunState> => stateOf(dependencies, kind, id);
  return {
    'message.send': ({ idempotencyKey, ...payload }, { caller }) =>
      actions.once(
        { kind: 'message.send', idempotencyKey, requestedBy: nameOf(caller), payload },
        async (ticket) => {
          const { runId, to } = await addresseeOf(dependencies, payload.to);
          const command: OperatorCommand = { kind: 'send-message', to, text: payload.text };
          return actions.carryOut(ticket, runId, command, (state) => ({
            runId,
            messageId: newest(state).id,
          }));
        },
      ),
    'message.get': async ({ message: id, waitMs }, { signal }) => {
      const { id: runId } = await byId('message', id);
      const look = async (): Promise<ReturnType<typeof messageView>> => {
        const state = await resolveRun(dependencies, runId);
        return messageView(state, messageOf(state, id));
      };
      const settled = async (): Promise<ReturnType<typeof messageView> | null> => {
        const view = await look();
        return view.status === 'waiting' ? null : view;
      };
      const view = await waitUntil({ bus, after, runId, waitMs, signal, look: settled });
      return view ?? (await look());
    },
    'message.list': async ({ run }) => {
      const state = await resolveRun(dependencies, run);
      return Object.values(state.messages).map((message) => messageView(state, message));
    },
    'question.list': async ({ run }) => {
      const ids =
        run === undefined
          ? (await store.listRuns({ active: true, limit: MANY_RUNS })).map(({ id }) => id)
          : [(await resolveRun(dependencies, run)).id];
      const states = await Promise.all(ids.map((id) => executor.load(id)));
      return states.flatMap((state) =>
        state === null ? [] : openQuestions(state).map((question) => questionView(state, question)),
      );
    },
    'question.answer': ({ idempotencyKey, ...payload }, { caller }) =>
      actions.once(
        { kind: 'question.answer', idempotencyKey, requestedBy: nameOf(caller), payload },
        async (ticket) => {
          const { question: questionId, answer } = payload;
          const { id: runId } = await byId('question', questionId);
          const command: OperatorCommand = { kind: 'answer-question', questionId, answer };
          return actions.carryOut(ticket, runId, command, (state) => ({
            runId,
            attemptId: found(state.questions, questionId)?.attemptId ?? '',
            messageId: newest(state).id,
          }));
        },
      ),
  };
}

function newest(state: RunState): Message {
  const message = Object.values(state.messages).at(-1);
  if (!message) throw new Error(`run ${state.id} has no message`);
  return message;
}

function messageOf(state: RunState, id: string): Message {
  const message = found(state.messages, id);
  if (!message) throw new Error(`run ${state.id} has no message ${id}`);
  return message;
}

async function stateOf(dependencies: MessageDependencies, kind: EntityKind, id: string): Promise<RunState> {
  const runId = await dependencies.store.findOwner(kind, id);
  if (runId !== null) return resolveRun(dependencies, runId);
  throw new TinaError({
    code: `no_such_${kind}`,
    message: `There is no ${kind} ${id}.`,
    next: ['tina status'],
  });
}

type To = Extract<OperatorCommand, { kind: 'send-message' }>['to'];

/** An attempt by id, or a task by id or `<run>/<name>`. */
async function addresseeOf(
  dependencies: MessageDependencies,
  name: string,
): Promise<{ readonly runId: string; readonly to: To }> {
  const runId = await dependencies.store.findOwner('attempt', name);
  if (runId !== null) return { runId, to: { kind: 'attempt', attemptId: name } };
  try {
    const { state, task } = await resolveTask(dependencies, name);
    return { runId: state.id, to: { kind: 'task', taskId: task.id } };
  } catch (error) {
    if (!(error instanceof TinaError) || error.code !== 'no_such_task') throw error;
    throw new TinaError({
      code: 'nobody_there',
      message: `There is no attempt and no task ${name}.`,
      next: ['tina tasks', 'tina send <attempt> "..."', 'tina send <run>/<task> "..."'],
    });
  }
}
