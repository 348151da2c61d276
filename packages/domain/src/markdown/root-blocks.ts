import { cutBlock } from './cut-block.ts';
import { firstLineOf, type MarkdownNode, parseMarkdown } from './markdown-node.ts';

/** A block that stands in no other, or a piece of a long one. Lines count from 1. */
export interface RootBlock {
  readonly node: MarkdownNode;
  /** To be added to the line numbers within the node. */
  readonly lineOffset: number;
}

/** What decides how a document is parsed, and not what comes of it. */
export interface Windows {
  /** Long enough to hold nearly every block, short enough for its lists to cost little. */
  readonly windowLines: number;
  /** A longer block is cut: whole, many kinds take quadratic time. */
  readonly longBlockLines: number;
}

const WINDOWS: Windows = { windowLines: 150, longBlockLines: 150 };

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
 * block that fills its window is cut, and the next window goes on within it; one that cannot be cut is parsed again in a
 * window twice as long. No block depends on what stands above its first line.
 */
export function rootBlocks(lines: readonly string[], windows: Windows = WINDOWS): RootBlock[] {
  const { windowLines, longBlockLines } = windows;
  const blocks: RootBlock[] = [];
  let start = 0;
  let length = windowLines;
  let openers: readonly string[] = [];
  for (;;) {
    const window = [...openers, ...lines.slice(start, start + length)];
    const firstLine = openers.length + 1;
    const found = parseMarkdown(window.join('\n'), { extensions: [BLOCKS_ALONE] });
    const add = (node: MarkdownNode): unknown => blocks.push({ node, lineOffset: start - openers.length });
    const isLastWindow = start + length >= lines.length;
    const last = isLastWindow ? undefined : found.pop();
    const next = last === undefined ? window.length + 1 : firstLineOf(last);
    if (last === undefined || next > firstLine) {
      for (const node of found) add(node);
      if (isLastWindow) return blocks;
      start += next - firstLine;
      length = windowLines;
      openers = [];
      continue;
    }
    const cut = length < longBlockLines ? null : cutBlock(last, window, firstLine);
    if (cut === null) {
      length *= 2;
      continue;
    }
    add(cut.node);
    start += cut.line - firstLine;
    length = windowLines;
    openers = cut.openers;
  }
}
