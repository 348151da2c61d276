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
const WINDOW_LINES = 300;

/**
 * The blocks of a document. It is parsed in windows, because the parser takes time quadratic in the number of lists: 142 s
 * for a design of 880 kB, now 3 s. The last block of a window may go on below it, so the next window begins with it; a
 * block that fills its window is parsed again in one twice as long. No block depends on what stands above its first line,
 * except for links whose target is defined elsewhere: of those the brackets remain.
 */
export function rootBlocks(lines: readonly string[], windowLines: number = WINDOW_LINES): RootBlock[] {
  const blocks: RootBlock[] = [];
  let start = 0;
  let length = windowLines;
  for (;;) {
    const isLastWindow = start + length >= lines.length;
    const nodes = fromMarkdown(lines.slice(start, start + length).join('\n')).children;
    const last = isLastWindow ? undefined : nodes.pop();
    for (const node of nodes) blocks.push({ node, lineOffset: start });
    if (isLastWindow) return blocks;
    const step = last === undefined ? length : firstLineOf(last) - 1;
    length = step === 0 ? length * 2 : windowLines;
    start += step;
  }
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
