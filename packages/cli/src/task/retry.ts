import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from '../run/accepted.ts';

export async function retry(
  context: CliContext,
  flags: { readonly json: boolean },
  task: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), task };
  const answer = await request(context, (client) => client.call('task.retry', input));
  printAccepted(context, flags, `Trying ${task} again`, answer);
}
