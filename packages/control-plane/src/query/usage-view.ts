import type { BudgetView, UsageGroup, UsageRow, UsageSum, UsageView } from '@tina/contract';
import {
  addUse,
  type Amount,
  type Attempt,
  attemptScope,
  type BudgetScope,
  isActive,
  mainPhase,
  NANO_USD,
  NO_USE,
  type RunState,
  type Spent,
  spentOf,
  underWayMs,
  type Use,
  useOf,
} from '@tina/domain';

/** What a run's agents have used up, in parts and in sum. What is not known is no zero: it stays unknown (G06). */
export function usageView(state: RunState, by: UsageGroup, now: number): UsageView {
  const groups = new Map<string | null, Attempt[]>();
  const attempts = Object.values(state.attempts);
  for (const attempt of attempts) {
    const key = keyOf(state, attempt, by);
    groups.set(key, [...(groups.get(key) ?? []), attempt]);
  }
  const models = new Set(attempts.flatMap(({ model }) => model ?? []));
  return {
    runId: state.id,
    by,
    asOf: now,
    pricesAsOf: state.policy.pricesAsOf ?? null,
    modelsWithoutPrice: [...models].filter((model) => !state.policy.prices?.[model]),
    rows: [...groups].map(([key, of]) => rowOf({ key, name: nameOf(state, key, by) }, of, now)),
    total: rowOf({ key: state.id, name: state.feature }, attempts, now),
    budgets: budgetViews(state, now),
  };
}

function keyOf({ tasks }: RunState, attempt: Attempt, by: UsageGroup): string | null {
  switch (by) {
    case 'attempt':
      return attempt.id;
    case 'task':
      return attempt.taskId;
    case 'phase':
      return tasks[attempt.taskId]?.phase ?? null;
    case 'role':
    case 'agent':
    case 'model':
      return attempt[by];
  }
}

const OF_NONE: Readonly<Partial<Record<UsageGroup, string>>> = {
  phase: 'no phase',
  model: "the agent's own",
};

function nameOf({ tasks, attempts }: RunState, key: string | null, by: UsageGroup): string {
  if (key === null) return OF_NONE[by] ?? '';
  if (by === 'task') return tasks[key]?.name ?? key;
  if (by === 'phase') return `phase ${key}`;
  const attempt = by === 'attempt' ? attempts[key] : undefined;
  return attempt ? `${tasks[attempt.taskId]?.name ?? ''} ${attempt.role}` : key;
}

function rowOf(
  { key, name }: Pick<UsageRow, 'key' | 'name'>,
  attempts: readonly Attempt[],
  now: number,
): UsageRow {
  return { key, name, ...usageSum(attempts, now), context: fullest(attempts) };
}

/** What these attempts have used up together. */
export function usageSum(attempts: readonly Attempt[], now: number): UsageSum {
  const use = attempts.map(useOf).reduce<Use>(addUse, NO_USE);
  const underWay = attempts.filter(({ turnStartedAt }) => turnStartedAt != null);
  return {
    attempts: attempts.length,
    turns: use.turns,
    turnsUnderWay: underWay.length,
    wallMs: underWay.reduce((sum, attempt) => sum + underWayMs(attempt, now), use.wallMs),
    inputTokens: known(use.input),
    cacheReadTokens: known(use.cacheRead),
    cacheWriteTokens: known(use.cacheWrite),
    outputTokens: known(use.output),
    tokens: known(use.tokens),
    costToldUsd: known(use.told, NANO_USD),
    costReckonedUsd: known(use.reckoned, NANO_USD),
    costUsd: known(use.cost, NANO_USD),
  };
}

function known(amount: Amount, unit = 1): UsageSum['tokens'] {
  const isAtLeast = amount.missing > 0;
  return { known: isAtLeast && amount.known === 0 ? null : amount.known / unit, isAtLeast };
}

function fullest(attempts: readonly Attempt[]): UsageRow['context'] {
  const fills = attempts.flatMap(({ usage }) =>
    usage?.contextTokens == null ? [] : [{ tokens: usage.contextTokens, window: usage.contextWindow }],
  );
  const fill = ({ tokens, window }: (typeof fills)[number]): number => (window ? tokens / window : 0);
  return fills.toSorted((a, b) => fill(b) - fill(a) || b.tokens - a.tokens)[0] ?? null;
}

function budgetViews(state: RunState, now: number): BudgetView[] {
  const phases = new Set(state.phases.map(({ number }) => mainPhase(number)));
  const scopes: readonly BudgetScope[] = [
    { kind: 'run' },
    ...[...phases].map((phase): BudgetScope => ({ kind: 'phase', phase })),
    ...Object.values(state.attempts).filter(isActive).map(attemptScope),
  ];
  return scopes.flatMap((scope) => spentOf(state, scope, now)).map(budgetView);
}

export function budgetView({ scope, measure, used, limit }: Spent): BudgetView {
  return { scope: scopeName(scope), measure, used, limit, isMet: used >= limit };
}

function scopeName(scope: BudgetScope): string {
  if (scope.kind === 'run') return 'run';
  return scope.kind === 'phase' ? `phase ${scope.phase}` : `attempt ${scope.attemptId}`;
}
