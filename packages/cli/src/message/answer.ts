import { newIdempotencyKey } from '@tina/client';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';

/** Answers what an agent asked. */
export async function answer(
  context: CliContext,
  flags: { readonly json: boolean },
  question: string,
  text: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), question, answer: text };
  const given = await request(context, (client) => client.call('question.answer', input));
  if (flags.json) return printJson(context.io, given);
  printLines(context.io, [
    `Answered ${question}: attempt ${given.attemptId} hears it as ${given.messageId}.`,
  ]);
}
