import type { RunView } from '@tina/contract';
import { count, elapsed } from '../output/amounts.ts';
import { truncate } from '../output/display-width.ts';
import { plain } from '../output/plain.ts';
import { createStyle, type Style } from '../output/style.ts';
import { usageLine } from '../usage/amount-text.ts';
import { attention } from './attention.ts';
import { collapse, type CollapseLevel } from './collapse.ts';
import { crop, fits, type Line } from './crop.ts';
import { renderTree } from './render-tree.ts';
import { runTree } from './run-tree.ts';

export interface RenderOptions {
  /** Columns; 40 and more are readable. Only commands to type may be wider, so that they can be copied. */
  readonly width: number;
  /** Rows there is place for; left out: any number. */
  readonly height?: number;
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly now: number;
  /** Null: nothing moves. */
  readonly spinnerFrame: number | null;
}

/** A run as lines for a terminal: header, tree, and what a person should know or do. */
export function renderRun(view: RunView, options: RenderOptions): string[] {
  const { height, width } = options;
  if (height === undefined) return render(view, options, 0).map(({ text }) => text);
  const place = { width, height };
  for (const level of [0, 1, 2] as const) {
    const lines = render(view, options, level);
    if (fits(lines, place)) return lines.map(({ text }) => text);
  }
  const more = (left: number): string =>
    truncate(`.. ${count(left, 'more line')}: tina status ${view.id}`, width, '');
  return crop(render(view, options, 2), place, more);
}

function render(view: RunView, options: RenderOptions, level: CollapseLevel): Line[] {
  const style = createStyle(options.colour);
  const tree = collapse(runTree(view, options.now), level);
  const [title = '', facts = ''] = header(view, options, style);
  const used = usageLine(view.usage, options.unicode);
  return [
    { text: title, worth: 'title' },
    { text: facts, worth: 'settled' },
    ...(used === null ? [] : [usedLine(used, options, style)]),
    { text: '', worth: 'space' },
    ...renderTree(tree, { ...options, style }),
    ...attention(view, { ...options, style }),
  ];
}

function usedLine(used: string, { width, unicode }: RenderOptions, style: Style): Line {
  return { text: style.dim(truncate(used, width, unicode ? '…' : '..')), worth: 'settled' };
}

function header(view: RunView, { width, unicode, now }: RenderOptions, style: Style): string[] {
  const [dot, ellipsis] = unicode ? [' · ', '…'] : [' - ', '..'];
  const took = elapsed((view.endedAt ?? now) - view.createdAt);
  const after = width < 30 ? [view.status] : [view.status, took];
  const room = width - after.reduce((sum, part) => sum + part.length + 2, 0);
  const name = style.bold(truncate(plain(view.feature), Math.max(1, room), ellipsis));
  const facts = [view.id, `${view.branch} from ${view.baseBranch}`, view.agent, view.preset]
    .map(plain)
    .join(dot);
  return [
    [name, ...after.map((part) => (part === view.status ? paintStatus(view.status, style) : part))].join(
      '  ',
    ),
    style.dim(truncate(facts, width, ellipsis)),
  ];
}

function paintStatus(status: RunView['status'], style: Style): string {
  if (status === 'complete') return style.green(status);
  if (status === 'blocked' || status === 'cancelled') return style.red(status);
  return status === 'paused' ? style.yellow(status) : style.blue(status);
}
