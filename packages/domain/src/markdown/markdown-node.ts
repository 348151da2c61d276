import { fromMarkdown } from 'mdast-util-from-markdown';

type Root = ReturnType<typeof fromMarkdown>;
type Position = NonNullable<Root['position']>;
type Options = NonNullable<Parameters<typeof fromMarkdown>[1]>;

/** A block or inline node of Markdown, as the parser gives it. */
export type MarkdownNode = Root['children'][number];

/** The blocks of a text. */
export function parseMarkdown(text: string, options: Options = {}): MarkdownNode[] {
  // The parser drops a byte order mark that stands first. The one of a document is gone by now: any other is text.
  return fromMarkdown(`\uFEFF${text}`, options).children;
}

/** Lines count from 1, within the text that was parsed. */
export function firstLineOf(node: MarkdownNode): number {
  return positionOf(node).start.line;
}

export function lastLineOf(node: MarkdownNode): number {
  return positionOf(node).end.line;
}

/** Where a node begins within its first line: the index of its first character. */
export function indentOfNode(node: MarkdownNode): number {
  return positionOf(node).start.column - 1;
}

function positionOf(node: MarkdownNode): Position {
  // The parser gives every node a position; only trees made by hand lack it.
  return node.position as Position;
}
