import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from '../run/accepted.ts';

export async function approve(
  context: CliContext,
  flags: { readonly comment: string | undefined; readonly add: string | undefined; readonly json: boolean },
  gate: string,
): Promise<void> {
  const comment = flags.comment === undefined ? {} : { comment: flags.comment };
  const add = flags.add === undefined ? {} : { add: flags.add };
  const input = { idempotencyKey: newIdempotencyKey(), gate, ...comment, ...add };
  const answer = await request(context, (client) => client.call('gate.approve', input));
  printAccepted(context, flags, `Approved ${gate}`, answer);
}
