import { newIdempotencyKey } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from './accepted.ts';

export async function pause(
  context: CliContext,
  flags: { readonly now: boolean; readonly json: boolean },
  run: string,
): Promise<void> {
  const input = { idempotencyKey: newIdempotencyKey(), run, now: flags.now };
  const answer = await request(context, (client) => client.call('run.pause', input));
  const said = flags.now
    ? 'Paused; agents at work are stopped'
    : 'Paused; agents at work finish their attempt';
  printAccepted(context, flags, said, answer);
}
