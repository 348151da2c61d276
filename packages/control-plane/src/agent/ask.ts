import type { ParsedInput, ProcedureOutput } from '@tina/contract';
import { found, inboxOf, type Message, type RunState } from '@tina/domain';
import { messageView } from '../message/render-message.ts';
import { waitUntil } from '../message/wait-until.ts';
import type { AgentCaller } from './agent-caller.ts';
import type { AgentDependencies } from './agent-dependencies.ts';
import { say } from './say.ts';

/**
 * Asks a person and waits for the answer for a while. The answer is a message: this call takes it, or, when it is over
 * before, it is handed to the agent as any other.
 */
export async function ask(
  dependencies: AgentDependencies,
  who: AgentCaller,
  { question, choices, waitSeconds }: ParsedInput<'agent.ask'>,
  signal: AbortSignal,
): Promise<ProcedureOutput<'agent.ask'>> {
  const { attemptId } = who.caller;
  const asked = await say(dependencies, who, { kind: 'ask-question', text: question, choices });
  const questionId = newestQuestion(asked, attemptId);
  const none = { attemptId, questionId, answer: null, messages: [] };
  if (waitSeconds === 0) return none;
  dependencies.held.hold(questionId);
  try {
    const waiting = { ...dependencies, runId: asked.id, waitMs: waitSeconds * 1_000, signal };
    const answer = await waitUntil({
      ...waiting,
      look: () => findAnswer(dependencies, asked.id, questionId),
    });
    if (answer === null || signal.aborted) return none;
    return { ...none, ...(await takeUpTo(dependencies, who, answer)) };
  } finally {
    dependencies.held.release(questionId);
    dependencies.onReleased(attemptId);
  }
}

function newestQuestion(state: RunState, attemptId: string): string {
  const asked = Object.values(state.questions).findLast((question) => question.attemptId === attemptId);
  if (!asked) throw new Error(`attempt ${attemptId} has asked nothing`);
  return asked.id;
}

async function findAnswer(
  { executor }: AgentDependencies,
  runId: string,
  questionId: string,
): Promise<Message | null> {
  const state = await executor.load(runId);
  return Object.values(state?.messages ?? {}).find(({ answers }) => answers === questionId) ?? null;
}

/** The answer, with the messages that came before it: an agent gets its messages in their order (G24). */
async function takeUpTo(
  dependencies: AgentDependencies,
  who: AgentCaller,
  answer: Message,
): Promise<Pick<ProcedureOutput<'agent.ask'>, 'answer' | 'messages'>> {
  const before = await dependencies.executor.load(who.state.id);
  const attempt = before && found(before.attempts, who.attempt.id);
  const earlier = before && attempt ? inboxOf(before, attempt).filter(({ id }) => id !== answer.id) : [];
  const state = await say(dependencies, who, { kind: 'read-messages', upTo: answer.id });
  const taken = earlier
    .flatMap(({ id }) => found(state.messages, id) ?? [])
    .filter(({ delivery }) => delivery !== null);
  return { answer: answer.text, messages: taken.map((message) => messageView(state, message)) };
}
