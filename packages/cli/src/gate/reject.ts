import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from '../run/accepted.ts';

export async function reject(
  context: CliContext,
  flags: { readonly comment: string; readonly json: boolean },
  gate: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), gate, comment: flags.comment };
  const answer = await request(context, (client) => client.call('gate.reject', input));
  printAccepted(context, flags, `Sent back ${gate}`, answer);
}
