import { type AgentProcedure, TinaError, verbsOf } from '@tina/contract';
import { found, inboxOf, messagesFor, type Recipient, type Role, ROLES, type RunState } from '@tina/domain';
import { messageView } from '../message/render-message.ts';
import { findingView } from '../query/run-view.ts';
import type { CallContext, Handlers } from '../server/handler.ts';
import { type AgentCaller, findCaller, holdToRole } from './agent-caller.ts';
import type { AgentDependencies } from './agent-dependencies.ts';
import { ask } from './ask.ts';
import { concerning, describeTask } from './describe-task.ts';
import { say } from './say.ts';

/** Messages that an agent takes with one call: a context window is no mailbox (G25). */
const MAX_READ = 20;

type Names = Exclude<AgentProcedure, 'agent.report'> | 'agent.tools';

/** What agents at work may call. */
export function createAgentHandlers(dependencies: AgentDependencies): Pick<Handlers, Names> {
  return { ...createLooks(dependencies), ...createWords(dependencies) };
}

/** Finds the caller, holds it to its role, and does what it asks for. */
async function asCaller<Answer>(
  dependencies: AgentDependencies,
  call: { readonly name: AgentProcedure; readonly input: unknown; readonly context: CallContext },
  use: (who: AgentCaller) => Promise<Answer> | Answer,
): Promise<Answer> {
  const who = await findCaller(dependencies, call.context);
  await holdToRole(who, call, dependencies.refuseAgent);
  return use(who);
}

type Looks = 'agent.tools' | 'agent.task' | 'agent.findings' | 'agent.usage';

function createLooks(dependencies: AgentDependencies): Pick<Handlers, Looks> {
  const { store } = dependencies;
  return {
    'agent.tools': async (_, context) => {
      const { attempt } = await findCaller(dependencies, context);
      const tools = verbsOf(attempt.role).map(({ tool }) => tool);
      return { attemptId: attempt.id, role: attempt.role, tools };
    },
    'agent.task': (input, context) =>
      asCaller(dependencies, { name: 'agent.task', input, context }, async (who) => {
        const plan = who.state.phases.find(({ number }) => number === who.task.phase)?.plan;
        return describeTask(who, plan ? await store.readDocument(plan.document) : null);
      }),
    'agent.findings': (input, context) =>
      asCaller(dependencies, { name: 'agent.findings', input, context }, (who) => ({
        attemptId: who.attempt.id,
        findings: concerning(who).map(findingView),
      })),
    'agent.usage': (input, context) =>
      asCaller(dependencies, { name: 'agent.usage', input, context }, ({ attempt }) => ({
        attemptId: attempt.id,
        turn: attempt.turn,
        usage: attempt.usage && { ...attempt.usage },
        startedAt: attempt.startedAt,
      })),
  };
}

function createWords(dependencies: AgentDependencies): Pick<Handlers, Exclude<Names, Looks>> {
  return {
    'agent.progress': (input, context) =>
      asCaller(dependencies, { name: 'agent.progress', input, context }, async (who) => {
        const { message } = input;
        const state = await say(dependencies, who, { kind: 'tell-progress', message });
        const { id, progress: before } = who.attempt;
        return { attemptId: id, recorded: found(state.attempts, id)?.progress !== before };
      }),
    'agent.ask': (input, context) =>
      asCaller(dependencies, { name: 'agent.ask', input, context }, (who) =>
        ask(dependencies, who, input, context.signal),
      ),
    'agent.messages.read': (input, context) =>
      asCaller(dependencies, { name: 'agent.messages.read', input, context }, (who) =>
        readInbox(dependencies, who, input.after),
      ),
    'agent.messages.send': (input, context) =>
      asCaller(dependencies, { name: 'agent.messages.send', input, context }, async (who) => {
        const to = recipientOf(who.state, input.to);
        const state = await say(dependencies, who, { kind: 'write-message', to, text: input.text });
        const before = Object.keys(who.state.messages).length;
        const sent = Object.values(state.messages).slice(before);
        const messageIds = sent.filter(({ from, text }) => from === who.attempt.id && text === input.text);
        return { attemptId: who.attempt.id, messageIds: messageIds.map(({ id }) => id) };
      }),
  };
}

/** Takes the caller's first messages, or shows again what came after one of them. */
async function readInbox(
  dependencies: AgentDependencies,
  who: AgentCaller,
  after: string | undefined,
): Promise<Awaited<ReturnType<Handlers['agent.messages.read']>>> {
  const { id: attemptId } = who.attempt;
  const upTo = inboxOf(who.state, who.attempt).slice(0, MAX_READ).at(-1)?.id;
  const state =
    upTo === undefined ? who.state : await say(dependencies, who, { kind: 'read-messages', upTo });
  const attempt = found(state.attempts, attemptId) ?? who.attempt;
  const all = messagesFor(state, attempt).filter(({ delivery }) => delivery !== null);
  const known = new Set(
    messagesFor(who.state, who.attempt).flatMap((each) => (each.delivery === null ? [] : [each.id])),
  );
  const from = after === undefined ? -1 : all.findIndex(({ id }) => id === after);
  if (after !== undefined && from === -1) {
    throw new TinaError({
      code: 'no_such_message',
      message: `You have got no message ${after}.`,
      next: ['tina inbox'],
    });
  }
  const shown = after === undefined ? all.filter(({ id }) => !known.has(id)) : all.slice(from + 1);
  return {
    attemptId,
    messages: shown.slice(0, MAX_READ).map((message) => messageView(state, message)),
    more: inboxOf(state, attempt).length + Math.max(0, shown.length - MAX_READ),
  };
}

/** An attempt, a task by id or name, a role, or the people. */
function recipientOf(state: RunState, to: string): Recipient {
  if (to === 'operator') return { kind: 'operator' };
  if (ROLES.some((role) => role === to)) return { kind: 'role', role: to as Role };
  if (found(state.attempts, to)) return { kind: 'attempt', attemptId: to };
  const task = Object.values(state.tasks).find(({ id, name }) => id === to || name === to);
  if (task) return { kind: 'task', taskId: task.id };
  throw new TinaError({
    code: 'nobody_there',
    message: `The run has no attempt and no task ${to}, and there is no such role.`,
    place: { field: 'to' },
    next: ['to operator', ...ROLES.map((role) => `to ${role}`)],
  });
}
