import { type BudgetView, formatDuration, type UsageSum } from '@tina/contract';
import { elapsed } from '../output/amounts.ts';

type Sum = UsageSum['tokens'];

/** `unknown` where nothing is known; `≥` where more was used than what is known. */
export function tokensText(sum: Sum, unicode: boolean): string {
  return sum.known === null ? 'unknown' : `${sum.isAtLeast ? atLeast(unicode) : ''}${short(sum.known)}`;
}

/** `$3.10`; with `~` where it is reckoned from prices, in whole or in part. */
export function costText({ costUsd, costToldUsd }: UsageSum, unicode: boolean): string {
  if (costUsd.known === null) return 'unknown';
  const isReckoned = costUsd.known !== costToldUsd.known;
  return `${costUsd.isAtLeast ? atLeast(unicode) : ''}${isReckoned ? '~' : ''}${dollars(costUsd.known)}`;
}

function atLeast(unicode: boolean): string {
  return unicode ? '≥' : '>=';
}

/** `950`, `41.2k`, `3.05M`. */
function short(count: number): string {
  if (count < 1_000) return String(count);
  const [amount, unit] = count < 1_000_000 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${amount >= 100 ? Math.round(amount) : Number(amount.toPrecision(3))}${unit}`;
}

/** Less than a dollar to a hundredth of a cent: a turn of a small model costs no more. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount > 0 && amount < 1 ? 4 : 2)}`;
}

/** An amount of what a budget limits, for reading. */
export function budgetText(measure: BudgetView['measure'], amount: number): string {
  if (measure === 'cost') return dollars(amount);
  return measure === 'wall' ? elapsed(amount) : short(amount);
}

/** The same as it would stand in a configuration. */
export function budgetSetting(measure: BudgetView['measure'], amount: number): string {
  return measure === 'wall' ? formatDuration(amount) : String(amount);
}

/** `41 turns, 412k tokens, ≥~$3.10`; null where no agent has told anything. */
export function usageLine(usage: UsageSum, unicode: boolean): string | null {
  if (usage.turns === 0 || (usage.tokens.known === null && usage.costUsd.known === null)) return null;
  const turns = `${usage.turns} ${usage.turns === 1 ? 'turn' : 'turns'}`;
  const cost = usage.costUsd.known === null ? 'cost unknown' : costText(usage, unicode);
  const tokens =
    usage.tokens.known === null ? 'tokens unknown' : `${tokensText(usage.tokens, unicode)} tokens`;
  return `${turns}, ${tokens}, ${cost}`;
}
