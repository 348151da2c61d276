import { displayWidth } from '../output/display-width.ts';
import { wrapWords } from '../output/wrap.ts';

/** More than this leaves no place for the text beside it. */
const MAX_INDENT_SHARE = 0.5;
const USAGE_INDENT = '    ';

// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001B\[[0-9;]*m/g;

/** Before `[default = false]` or `[a|b]`, which stand in a column of their own. */
// eslint-disable-next-line no-control-regex
const LAST_GAP = / {2,}(?=\[(?:\u001B|[a-z]))/;

/** Help with its long lines broken at spaces, below the beginning of their last column. */
export function fitHelp(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= width ? line : fitLine(line.replace(LAST_GAP, ' '), width)))
    .join('\n');
}

function fitLine(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  const indent = indentOf(line.replaceAll(ESCAPES, ''), width);
  const [, lead = '', rest = ''] = /^( *)(.*)$/.exec(line) ?? [];
  const [first = '', ...more] = breakAt(rest, width - indent.length, width - lead.length);
  return [lead + first, ...more.map((each) => indent + each)].join('\n');
}

/** The first line has a width of its own, and keeps the gaps between its columns. */
function breakAt(text: string, width: number, firstWidth: number): readonly string[] {
  let end = 0;
  for (let space = text.indexOf(' '); space !== -1; space = text.indexOf(' ', space + 1)) {
    if (displayWidth(text.slice(0, space)) > firstWidth) break;
    end = space;
  }
  if (end === 0) return [text];
  return [text.slice(0, end).trimEnd(), ...wrapWords(text.slice(end).trim(), width)];
}

/** Where the second column of a flag or an argument begins; below anything else, its own beginning and a little more. */
function indentOf(plain: string, width: number): string {
  const column = /^ *(?:-\w )? *\S+ {2,}/.exec(plain)?.[0] ?? '';
  if (column !== '' && column.length <= width * MAX_INDENT_SHARE) return ' '.repeat(column.length);
  const lead = /^ */.exec(plain)?.[0] ?? '';
  return lead === '' ? '' : lead + USAGE_INDENT;
}
