import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from './accepted.ts';

export async function resume(
  context: CliContext,
  flags: { readonly json: boolean },
  run: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), run };
  const answer = await request(context, (client) => client.call('run.resume', input));
  printAccepted(context, flags, 'Resumed', answer);
}
