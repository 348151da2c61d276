import { fromMarkdown } from 'mdast-util-from-markdown';

type Root = ReturnType<typeof fromMarkdown>;
type Position = NonNullable<Root['position']>;

/** A block or inline node of Markdown, as the parser gives it. */
export type MarkdownNode = Root['children'][number];

/** A block that stands in no other. Lines count from 1. */
export interface RootBlock {
  readonly node: MarkdownNode;
  /** To be added to the line numbers within the node. */
  readonly lineOffset: number;
}

/** Long enough to hold nearly every block, short enough for its lists to cost little. */
const WINDOW_LINES = 150;

/** A longer list is cut between two of its items, a longer paragraph between two lines: whole, each takes quadratic time. */
const LONG_BLOCK_LINES = 150;

/**
 * What stands within a line is left as it is written: it is of no use outside of headings, and finding out what belongs
 * together takes time quadratic in the number of marks, 20 s for a paragraph of 32 kB.
 */
const BLOCKS_ALONE = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'hardBreakEscape',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
    ],
  },
};

/**
 * The blocks of a document. It is parsed in windows, because the parser takes time quadratic in the number of lists: 142 s
 * for a design of 880 kB, now 3 s. The last block of a window may go on below it, so the next window begins with it. A
 * block that fills its window goes on with its last item or line when it is a list or a paragraph; any other is parsed
 * again in a window twice as long. No block depends on what stands above its first line.
 */
export function rootBlocks(lines: readonly string[], windowLines: number = WINDOW_LINES): RootBlock[] {
  const blocks: RootBlock[] = [];
  let start = 0;
  let length = windowLines;
  for (;;) {
    const isLastWindow = start + length >= lines.length;
    const nodes = parse(lines.slice(start, start + length).join('\n'), BLOCKS_ALONE);
    const last = isLastWindow ? undefined : nodes.pop();
    for (const node of nodes) blocks.push({ node, lineOffset: start });
    if (isLastWindow) return blocks;
    const above = last === undefined ? length : firstLineOf(last) - 1;
    const cut = last !== undefined && above === 0 && length >= LONG_BLOCK_LINES ? cutOf(last) : null;
    if (cut) blocks.push({ node: cut.node, lineOffset: start });
    const step = cut?.lines ?? above;
    length = step === 0 ? length * 2 : windowLines;
    start += step;
  }
}

/** A block that stands alone, with all that Markdown knows of what is within its lines. */
export function parseWhole(block: string): readonly MarkdownNode[] {
  return parse(block);
}

function parse(text: string, ...extensions: readonly (typeof BLOCKS_ALONE)[]): MarkdownNode[] {
  return fromMarkdown(text, { extensions: [...extensions] }).children;
}

/** The part of a long block that is done with, and its lines; null when it can only be taken whole. */
function cutOf(block: MarkdownNode): { readonly node: MarkdownNode; readonly lines: number } | null {
  // Nobody looks into a paragraph.
  if (block.type === 'paragraph') return { node: block, lines: lastLineOf(block) - 1 };
  if (block.type !== 'list' || block.children.length === 1) return null;
  const last = block.children.length - 1;
  const lines = firstLineOf(block.children[last] as MarkdownNode) - 1;
  return { node: { ...block, children: block.children.slice(0, last) }, lines };
}

export function firstLineOf(node: MarkdownNode): number {
  return positionOf(node).start.line;
}

export function lastLineOf(node: MarkdownNode): number {
  return positionOf(node).end.line;
}

function positionOf(node: MarkdownNode): Position {
  // The parser gives every node a position; only trees made by hand lack it.
  return node.position as Position;
}
