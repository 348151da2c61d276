import { newIdempotencyKey } from '@tina/client';
import { UsageError } from '@tina/contract';
import type { FinalizeChoice } from '@tina/domain';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { printAccepted } from './accepted.ts';

const CHOICES = ['merge', 'pr', 'keep', 'discard'] as const satisfies readonly FinalizeChoice[];

type Flags = Readonly<Record<FinalizeChoice | 'json', boolean>>;

export async function finalize(context: CliContext, flags: Flags, run: string): Promise<void> {
  const [choice, ...others] = CHOICES.filter((one) => flags[one]);
  if (choice === undefined || others.length > 0) {
    throw new UsageError({
      code: 'usage',
      message: `Say exactly one of ${CHOICES.map((one) => `--${one}`).join(', ')}.`,
      next: ['tina finalize --help'],
    });
  }
  const input = { idempotencyKey: newIdempotencyKey(), run, choice };
  const answer = await request(context, (client) => client.call('run.finalize', input));
  printAccepted(context, flags, `Finalize with ${choice}`, answer);
}
