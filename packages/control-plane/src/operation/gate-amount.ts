import { AMOUNT_FORMS, parseBudgetAmount, TinaError } from '@tina/contract';
import type { RunExecutor } from '../executor/run-executor.ts';

/**
 * How much a budget gets on top, as a person wrote it for its gate.
 *
 * @throws TinaError `bad_amount` when the text is no amount of what the gate counts, `no_budget` when the gate is about none
 */
export async function readAmount(
  { executor }: { readonly executor: RunExecutor },
  { runId, gateId, add }: { readonly runId: string; readonly gateId: string; readonly add: string },
): Promise<number> {
  const state = await executor.load(runId);
  const budget = state?.gates[gateId]?.budget;
  if (!budget) {
    throw new TinaError({
      code: 'no_budget',
      message: `Gate ${gateId} is about no budget, so nothing can be added to it.`,
      next: [`tina approve ${gateId}`],
    });
  }
  const amount = parseBudgetAmount(budget.measure, add);
  if (amount !== null) return amount;
  throw new TinaError({
    code: 'bad_amount',
    message: `${JSON.stringify(add)} cannot be added to the budget: it must be ${AMOUNT_FORMS[budget.measure]}.`,
    next: [`tina approve ${gateId}`],
  });
}
