import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from '../run/accepted.ts';

export async function skip(
  context: CliContext,
  flags: { readonly reason: string; readonly json: boolean },
  task: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), task, reason: flags.reason };
  const answer = await request(context, (client) => client.call('task.skip', input));
  printAccepted(context, flags, `Skipped ${task}`, answer);
}
