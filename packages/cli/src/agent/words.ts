import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { callAsAgent } from './call-as-agent.ts';
import { messageLines } from './message-lines.ts';

/** On top of the wait for the answer: the time to carry it. */
const CALL_MS = 15_000;

export async function progress(
  context: CliContext,
  flags: { readonly json: boolean },
  message: string,
): Promise<void> {
  const answer = await callAsAgent(context, 'agent.progress', { message });
  if (flags.json) return printJson(context.io, answer);
  printLines(context.io, [answer.recorded ? 'Noted.' : 'Heard; too soon after the last one to be noted.']);
}

export async function ask(
  context: CliContext,
  flags: {
    readonly choice: readonly string[] | undefined;
    readonly wait: number | undefined;
    readonly json: boolean;
  },
  question: string,
): Promise<void> {
  const waitSeconds = flags.wait === undefined ? undefined : Math.ceil(flags.wait / 1_000);
  const input = {
    question,
    ...(flags.choice === undefined ? {} : { choices: [...flags.choice] }),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
  };
  const timeoutMs = (waitSeconds ?? 60) * 1_000 + CALL_MS;
  const answer = await callAsAgent(context, 'agent.ask', input, { timeoutMs });
  if (flags.json) return printJson(context.io, answer);
  printLines(context.io, [
    ...answer.messages.flatMap(messageLines),
    answer.answer ??
      `No answer yet to ${answer.questionId}. Decide yourself and say so in your report; an answer comes by  tina inbox`,
  ]);
}

export async function say(
  context: CliContext,
  flags: { readonly json: boolean },
  to: string,
  text: string,
): Promise<void> {
  const answer = await callAsAgent(context, 'agent.messages.send', { to, text });
  if (flags.json) return printJson(context.io, answer);
  printLines(context.io, [`Sent as ${answer.messageIds.join(', ')}.`]);
}
