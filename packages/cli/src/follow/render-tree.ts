import { elapsed } from '../output/amounts.ts';
import { displayWidth, padEnd, truncate } from '../output/display-width.ts';
import type { Style } from '../output/style.ts';
import { glyph, paintState, type GlyphOptions, type NodeState } from './glyphs.ts';
import type { Line } from './crop.ts';
import type { TreeNode } from './run-tree.ts';

/** `999h59m` and a space on both sides. */
const ELAPSED_WIDTH = 7;
/** Less than this says nothing. */
const LEAST_DETAIL = 8;
const LEAST_NAME = 12;

export interface TreeOptions extends GlyphOptions {
  readonly width: number;
  readonly style: Style;
}

/** Nothing happens there now. */
const SETTLED: ReadonlySet<NodeState> = new Set<NodeState>(['done', 'pending', 'dropped']);

interface Row {
  readonly node: TreeNode;
  readonly depth: number;
}

/** A line per node: glyph and name, how long, what it does. No line is wider than `width`. */
export function renderTree(nodes: readonly TreeNode[], options: TreeOptions): Line[] {
  const rows = flatten(nodes, 0);
  const ellipsis = options.unicode ? '…' : '..';
  const ids = Math.max(0, ...rows.map(({ node: { attemptId } }) => displayWidth(attemptId)));
  const besideIds = options.width - ELAPSED_WIDTH - 2 - ids - displayWidth(` ${ellipsis}`);
  const most = Math.max(LEAST_NAME, Math.min(Math.floor(options.width * 0.5), besideIds));
  const named = Math.max(0, ...rows.map(({ node, depth }) => depth * 2 + 2 + displayWidth(node.text)));
  const nameWidth = Math.min(named, most, Math.max(4, options.width - ELAPSED_WIDTH - 1));
  return rows.map(({ node, depth }) => {
    const indent = '  '.repeat(Math.min(depth, Math.floor(options.width / 8)));
    const paint = paintState(node.state, options.style);
    const name = truncate(node.text, Math.max(1, nameWidth - indent.length - 2), ellipsis);
    const took = node.elapsedMs === null ? '' : elapsed(node.elapsedMs);
    const room = options.width - nameWidth - ELAPSED_WIDTH - 2;
    const detail = room < LEAST_DETAIL ? '' : truncate(separated(node.detail, options), room, ellipsis);
    // Nothing to align: no spaces at the end, which colours would keep.
    const text = took === '' && detail === '' ? name : padEnd(name, nameWidth - indent.length - 2);
    const painted = node.state === 'pending' || node.state === 'dropped' ? options.style.dim(text) : text;
    const line = [
      `${indent}${paint(glyph(node.state, options))} ${emphasize(node, painted, options.style)}`,
      took === '' && detail === '' ? '' : took.padStart(ELAPSED_WIDTH),
      detail === ''
        ? ''
        : `  ${node.state === 'blocked' ? options.style.red(detail) : options.style.dim(detail)}`,
    ];
    return { text: line.join(''), worth: worthOf(node) };
  });
}

function worthOf({ state, children }: TreeNode): Line['worth'] {
  if (SETTLED.has(state)) return 'settled';
  return children.length > 0 ? 'above' : 'active';
}

function emphasize(node: TreeNode, text: string, style: Style): string {
  return node.kind === 'phase' && node.state !== 'pending' && node.state !== 'dropped'
    ? style.bold(text)
    : text;
}

function separated(detail: string, { unicode }: TreeOptions): string {
  return unicode ? detail : detail.replaceAll(' · ', ' - ');
}

function flatten(nodes: readonly TreeNode[], depth: number): Row[] {
  return nodes.flatMap((node) => [{ node, depth }, ...flatten(node.children, depth + 1)]);
}
