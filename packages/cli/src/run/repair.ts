import { newIdempotencyKey } from '@tina/client';
import type { RepairedItem } from '@tina/contract';
import { count } from '../output/amounts.ts';
import { lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printLines } from '../output/print.ts';
import { createStyle } from '../output/style.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import type { Verified, VerifyFlags } from './verify.ts';

/** As long as looking, and removing what was found. */
const TIMEOUT_MS = 20 * 60_000;

interface Repair {
  readonly which: { readonly run?: string };
  readonly found: readonly Verified[];
  readonly flags: VerifyFlags;
}

/** Mends what is safe, and the rest that can be mended when a person says yes. Answers with what became of each. */
export async function repairFound(context: CliContext, repair: Repair): Promise<readonly RepairedItem[]> {
  const all = await saysYes(context, repair);
  const idempotencyKey = newIdempotencyKey();
  const items = await request(context, (client) =>
    client.call('run.repair', { idempotencyKey, ...repair.which, all }, { timeoutMs: TIMEOUT_MS }),
  );
  if (!repair.flags.json) printRepaired(context, items);
  return items;
}

/** Whether what is asked before is mended as well. Nobody who can answer: no. */
async function saysYes({ io }: CliContext, { found, flags }: Repair): Promise<boolean> {
  const asked = found.flatMap(({ findings }) => findings).filter(({ mend }) => mend === 'ask');
  if (asked.length === 0) return false;
  if (flags.yes) return true;
  if (flags.json || !io.canAsk) return false;
  printLines(io, ['', ...asked.map(({ message }) => `  ${plain(message)}`)]);
  const answer = await io.ask(
    `Mend ${asked.length === 1 ? 'this' : `these ${asked.length}`} as well? [y/N] `,
  );
  return /^y(es)?$/i.test(answer ?? '');
}

function printRepaired({ io }: CliContext, items: readonly RepairedItem[]): void {
  const style = createStyle(lookOf(io).colour);
  const left = items.filter(({ outcome }) => outcome === 'left');
  printLines(io, [
    '',
    ...items.map(({ outcome, name, kind, why }) => {
      const word = outcome === 'mended' ? style.green('mended') : style.yellow('left  ');
      return `${word}  ${kind}  ${plain(name)}  ${plain(why)}`;
    }),
    `Mended ${count(items.length - left.length, 'problem')}${left.length === 0 ? '.' : `, left ${left.length}.`}`,
  ]);
}
