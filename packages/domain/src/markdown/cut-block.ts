import { firstLineOf, indentOfNode, lastLineOf, type MarkdownNode } from './markdown-node.ts';

/** Where a block that goes on below what was parsed is cut in two, so that it is never parsed whole. */
export interface Cut {
  /** What stands above the cut. */
  readonly node: MarkdownNode;
  /** The first line below the cut. */
  readonly line: number;
  /** Lines that, put above those below the cut, open the quotes, the items and the paragraph that the cut goes through. */
  readonly openers: readonly string[];
}

/**
 * The last place where a block can be cut: above a line of a paragraph, or above a block within quotes and items. Null
 * when no place is below the line `after`. Line 1 is `lines[0]`.
 */
export function cutBlock(block: MarkdownNode, lines: readonly string[], after: number): Cut | null {
  const open = openAtTheEnd(block);
  const innermost = open.at(-1) as MarkdownNode;
  const first = firstLineOf(innermost);
  const last = lastLineOf(innermost);
  if (innermost.type === 'paragraph' && last > Math.max(first, after)) {
    // Nobody looks into a paragraph.
    return { node: block, line: last, openers: openersOf(open, lines) };
  }
  if (first <= after) return null;
  const around = open.filter((node) => firstLineOf(node) < first);
  return { node: withoutLast(around), line: first, openers: openersOf(around, lines) };
}

/** A block, the last block in it, the last in that one, and so on. */
function openAtTheEnd(block: MarkdownNode): MarkdownNode[] {
  const open: MarkdownNode[] = [];
  let node: MarkdownNode | undefined = block;
  while (node !== undefined) {
    open.push(node);
    node = isContainer(node) ? node.children.at(-1) : undefined;
  }
  return open;
}

type Container = Extract<MarkdownNode, { type: 'list' | 'listItem' | 'blockquote' }>;

function isContainer(node: MarkdownNode): node is Container {
  return node.type === 'list' || node.type === 'listItem' || node.type === 'blockquote';
}

/** The first of some nodes, each the last in the one before it, without what is last in the innermost. */
function withoutLast(nodes: readonly MarkdownNode[]): MarkdownNode {
  let inner: readonly MarkdownNode[] = [];
  for (const node of nodes.toReversed()) {
    const children = [...(node as Container).children.slice(0, -1), ...inner];
    inner = [{ ...node, children } as MarkdownNode];
  }
  return inner[0] as MarkdownNode;
}

/** For each line on which one of the nodes begins: that beginning, and an empty heading, or a word of the paragraph. */
function openersOf(nodes: readonly MarkdownNode[], lines: readonly string[]): string[] {
  const openers = new Map<number, string>();
  // A list begins with its item. What begins last on a line has the others before it.
  for (const node of nodes.filter(({ type }) => type !== 'list')) {
    const line = firstLineOf(node);
    openers.set(line, openerOf(node, lines[line - 1] as string));
  }
  return [...openers.values()];
}

function openerOf(node: MarkdownNode, line: string): string {
  const before = line.slice(0, indentOfNode(node));
  if (node.type === 'paragraph') return `${before}x`;
  if (node.type === 'blockquote') return `${before}> #`;
  const { bullet, blanks, rest } = groupsOf(line.slice(before.length));
  const marked = before + bullet;
  const width = columnsOf(marked + blanks) - columnsOf(marked);
  // What stands beside the bullet says where the item's lines begin, unless nothing does, or code.
  return rest === '' || width > MAX_BLANKS ? `${marked} #` : `${marked}${blanks}#`;
}

function groupsOf(item: string): Bullet {
  return (BULLET.exec(item) as RegExpExecArray).groups as Bullet;
}

type Bullet = Record<'bullet' | 'blanks' | 'rest', string>;

const BULLET = /^(?<bullet>[-+*]|\d{1,9}[.)])(?<blanks>[ \t]*)(?<rest>[^]*)$/;
const MAX_BLANKS = 4;
const TAB_COLUMNS = 4;

function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += character === '\t' ? TAB_COLUMNS - (columns % TAB_COLUMNS) : 1;
  return columns;
}
