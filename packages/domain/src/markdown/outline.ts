import { firstLineOf, lastLineOf, type MarkdownNode, parseMarkdown } from './markdown-node.ts';
import { type RootBlock, rootBlocks } from './root-blocks.ts';

/** A Markdown document by lines: what of it is a heading and what is to be taken as it stands. Lines count from 1. */
export interface Outline {
  /** The document's lines; line 1 is `lines[0]`. */
  readonly lines: readonly string[];
  /** The headings of the document itself; those in quotes, lists, code and comments are none. */
  readonly headings: readonly Heading[];
  readonly verbatim: readonly VerbatimBlock[];
}

export interface Heading {
  readonly depth: number;
  /** The text without markup, on one line. */
  readonly text: string;
  readonly line: number;
  readonly lastLine: number;
}

/** A code block, or a block of HTML such as a comment. */
export interface VerbatimBlock {
  readonly kind: 'code' | 'html';
  readonly line: number;
  readonly lastLine: number;
  /** The code without its fence; the HTML as it stands. */
  readonly text: string;
}

/** From the first to the last line, both included; empty when `first` is greater than `last`. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export function readOutline(markdown: string): Outline {
  const lines = markdown
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n');
  const blocks = rootBlocks(lines);
  return {
    lines,
    headings: blocks.flatMap((block) => headingOf(lines, block)),
    verbatim: blocks.flatMap(verbatimBlocks),
  };
}

/** The lines below a heading, up to the next heading for which `ends` is true. */
export function sectionBelow(
  outline: Outline,
  heading: Heading,
  ends: (next: Heading) => boolean,
): LineRange {
  let index = indexAfter(outline.headings, heading.line);
  while (index < outline.headings.length && !ends(outline.headings[index] as Heading)) index += 1;
  const end = outline.headings[index];
  return { first: heading.lastLine + 1, last: end ? end.line - 1 : outline.lines.length };
}

/** The place of the first heading below a line. By halves: a document may have a heading on every line. */
function indexAfter(headings: readonly Heading[], line: number): number {
  let low = 0;
  let high = headings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((headings[middle] as Heading).line > line) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The text of some lines without blank lines at its ends. */
export function textOf(outline: Outline, { first, last }: LineRange): string {
  return withoutBlankEnds(outline.lines.slice(first - 1, last));
}

/** Joined, without blank lines before and after; the first line keeps its indentation. */
export function withoutBlankEnds(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd();
}

function headingOf(lines: readonly string[], { node, lineOffset }: RootBlock): Heading[] {
  if (node.type !== 'heading') return [];
  const where = place(node, lineOffset);
  const written = lines.slice(where.line - 1, where.lastLine).join('\n');
  const hasMarks = written.length <= MAX_MARKED_HEADING && /[*_`[\]<>&\\!]/.test(written);
  return [
    { depth: node.depth, text: plainText(hasMarks ? parseMarkdown(written) : node.children), ...where },
  ];
}

/** No title is longer. The markup of a longer heading is left in its text, because looking for it takes too long. */
const MAX_MARKED_HEADING = 400;

function verbatimBlocks({ node, lineOffset }: RootBlock): VerbatimBlock[] {
  const found: VerbatimBlock[] = [];
  // A stack of its own: quotes and lists may be nested deeper than the call stack allows.
  const open: MarkdownNode[] = [node];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    if (block.type === 'code' || block.type === 'html') {
      found.push({ kind: block.type, ...place(block, lineOffset), text: block.value });
    } else if (block.type === 'blockquote' || block.type === 'list' || block.type === 'listItem') {
      open.push(...block.children.toReversed());
    }
  }
  return found;
}

function plainText(nodes: readonly MarkdownNode[]): string {
  const parts: string[] = [];
  const open: MarkdownNode[] = nodes.toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'text' || node.type === 'inlineCode') parts.push(node.value);
    if (node.type === 'break') parts.push(' ');
    if ('children' in node) open.push(...node.children.toReversed());
  }
  return parts.join('').replace(/\s+/g, ' ').trim();
}

function place(node: MarkdownNode, lineOffset: number): { line: number; lastLine: number } {
  return { line: firstLineOf(node) + lineOffset, lastLine: lastLineOf(node) + lineOffset };
}
