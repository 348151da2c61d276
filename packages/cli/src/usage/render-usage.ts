import type { UsageRow, UsageView } from '@tina/contract';
import { elapsed } from '../output/amounts.ts';
import { displayWidth } from '../output/display-width.ts';
import { plain } from '../output/plain.ts';
import { createStyle } from '../output/style.ts';
import { table } from '../output/table.ts';
import { wrap } from '../output/wrap.ts';
import { budgetText, costText, dollars, tokensText } from './amount-text.ts';

export interface UsageOptions {
  /** Columns; null: any number. */
  readonly width: number | null;
  readonly colour: boolean;
  readonly unicode: boolean;
}

type Column = readonly [name: string, cell: (row: UsageRow, unicode: boolean) => string];

const ALWAYS: readonly Column[] = [
  ['TURNS', ({ turns, turnsUnderWay }) => `${turns}${turnsUnderWay > 0 ? `+${turnsUnderWay}` : ''}`],
  ['TOKENS', ({ tokens }, unicode) => tokensText(tokens, unicode)],
  ['COST', (row, unicode) => costText(row, unicode)],
];
const CONTEXT: Column = ['CONTEXT', contextText];
const KINDS: readonly Column[] = [
  ['IN', ({ inputTokens }, unicode) => tokensText(inputTokens, unicode)],
  ['READ', ({ cacheReadTokens }, unicode) => tokensText(cacheReadTokens, unicode)],
  ['WRITE', ({ cacheWriteTokens }, unicode) => tokensText(cacheWriteTokens, unicode)],
  ['OUT', ({ outputTokens }, unicode) => tokensText(outputTokens, unicode)],
];
const TOOK: Column = ['TOOK', ({ wallMs }) => elapsed(wallMs)];

/** The widest first; what does not fit at all is cut in its first column. */
const COLUMNS: readonly (readonly Column[])[] = [
  [...ALWAYS, ...KINDS, CONTEXT, TOOK],
  [...ALWAYS, ...KINDS],
  [...ALWAYS, CONTEXT],
  ALWAYS,
];

/** Less of a name says nothing. */
const LEAST_NAME = 10;

/** What was used, a row each and in sum, then the budgets, then what the numbers mean. */
export function renderUsage(view: UsageView, options: UsageOptions): string[] {
  const { width, colour } = options;
  const [head = '', ...rows] = usageTable(view, options);
  const style = createStyle(colour);
  const budgets = budgetTable(view, options);
  const notes = notesOf(view).flatMap((note) => wrap(note, width ?? 160));
  return [
    style.dim(head),
    ...rows.slice(0, -1),
    style.bold(rows.at(-1) ?? ''),
    ...(budgets.length === 0 ? [] : ['', style.dim(budgets[0] ?? ''), ...budgets.slice(1)]),
    ...(notes.length === 0 ? [] : ['', ...notes.map(style.dim)]),
  ];
}

function usageTable({ by, rows, total }: UsageView, { width, unicode }: UsageOptions): string[] {
  const shown = [...rows.map((row) => ({ ...row, name: nameOf(by, row) })), { ...total, name: 'all' }];
  for (const columns of COLUMNS) {
    const cells = [
      [by.toUpperCase(), ...columns.map(([name]) => name)],
      ...shown.map((row) => [row.name, ...columns.map(([, cell]) => cell(row, unicode))]),
    ];
    const isLast = columns === ALWAYS;
    if (isLast || width === null || width >= LEAST_NAME + widthBeside(cells))
      return table(cells, width, { shrink: 0, ellipsis: unicode ? '…' : '..' });
  }
  return [];
}

/** The columns after the first, with the gaps before them. */
function widthBeside(cells: readonly (readonly string[])[]): number {
  const columns = (cells[0]?.length ?? 1) - 1;
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...cells.map((row) => displayWidth(row[index + 1] ?? ''))),
  );
  return widths.reduce((sum, each) => sum + each + 2, 0);
}

function nameOf(by: UsageView['by'], { key, name }: UsageRow): string {
  return plain(by === 'attempt' && key !== null ? `${key} ${name}` : name);
}

function contextText({ context }: UsageRow): string {
  if (context === null) return '';
  const { tokens, window } = context;
  return window === null || window === 0 ? String(tokens) : `${Math.round((100 * tokens) / window)}%`;
}

function budgetTable({ budgets }: UsageView, { width }: UsageOptions): string[] {
  if (budgets.length === 0) return [];
  const rows = budgets.map(({ scope, measure, used, limit, isMet }) => {
    const part = isMet ? 'used up' : `${Math.floor((100 * used) / limit)}%`;
    return [`${scope} ${measure}`, `${budgetText(measure, used)} of ${budgetText(measure, limit)}`, part];
  });
  return table([['BUDGET', 'USED', ''], ...rows], width);
}

function notesOf({ total, pricesAsOf, modelsWithoutPrice }: UsageView): string[] {
  const { costToldUsd, costReckonedUsd, costUsd } = total;
  const isReckoned = costUsd.known !== null && costUsd.known !== costToldUsd.known;
  const told = costToldUsd.known === null ? 'unknown' : dollars(costToldUsd.known);
  const reckoned = costReckonedUsd.known === null ? 'unknown' : dollars(costReckonedUsd.known);
  return [
    ...(costUsd.known === null ? [] : [`Cost as agents tell it: ${told}; by the price table: ${reckoned}.`]),
    ...(isReckoned && pricesAsOf !== null ? [`~: reckoned from tokens with prices of ${pricesAsOf}.`] : []),
    ...(total.tokens.isAtLeast || costUsd.isAtLeast
      ? ['Some turns did not tell all that they used: it is at least this much.']
      : []),
    ...(modelsWithoutPrice.length > 0
      ? [
          `No price is known for ${modelsWithoutPrice.map(plain).join(', ')}: see prices in the configuration.`,
        ]
      : []),
  ];
}
