import { newIdempotencyKey } from '@tina/client';
import { type MessageView, TinaError } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';

/** A message to a program that takes it in the middle of a turn is there by then. */
const MOMENT_MS = 1_000;
/** One look of many: a daemon that is started anew meanwhile is asked again. */
const LOOK_MS = 20_000;

/** Writes to an agent at work, and says when it got it. */
export async function send(
  context: CliContext,
  flags: { readonly wait: boolean; readonly timeout: number | undefined; readonly json: boolean },
  to: string,
  text: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), to, text };
  const { messageId } = await request(context, (client) => client.call('message.send', input));
  const view = flags.wait
    ? await untilDelivered(context, messageId, flags.timeout ?? Number.POSITIVE_INFINITY)
    : await look(context, messageId, MOMENT_MS);
  if (flags.json) printJson(context.io, view);
  else printLines(context.io, said(view));
  if (flags.wait && view.status !== 'delivered') context.process.exitCode = 1;
}

async function untilDelivered(
  context: CliContext,
  messageId: string,
  timeoutMs: number,
): Promise<MessageView> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = Math.max(0, deadline - performance.now());
    const view = await look(context, messageId, Math.min(LOOK_MS, left));
    if (view.status !== 'waiting' || performance.now() >= deadline) return view;
  }
}

function look(context: CliContext, message: string, waitMs: number): Promise<MessageView> {
  return request(context, (client) =>
    client.call('message.get', { message, waitMs: Math.round(waitMs) }, { timeoutMs: waitMs + LOOK_MS }),
  );
}

function said({ id, to, status, delivery }: MessageView): string[] {
  if (delivery !== null)
    return [`Delivered: message ${id} is in turn ${delivery.turn} of attempt ${delivery.attemptId}.`];
  if (status === 'dead')
    throw new TinaError({
      code: 'not_delivered',
      message: `Message ${id} was not delivered: ${to} ended without it.`,
      next: ['tina status'],
    });
  return [`Kept as message ${id}: it will reach ${to} in its next turn.`];
}
