import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from './accepted.ts';

export async function cancel(
  context: CliContext,
  flags: { readonly reason: string | undefined; readonly json: boolean },
  run: string,
): Promise<void> {
  const reason = flags.reason === undefined ? {} : { reason: flags.reason };
  const input = { idempotencyKey: newIdempotencyKey(), run, ...reason };
  const answer = await request(context, (client) => client.call('run.cancel', input));
  printAccepted(context, flags, 'Cancelled; its branches are kept', answer);
}
