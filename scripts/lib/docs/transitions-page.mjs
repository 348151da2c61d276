// docs/transitions.md: what every command comes to in every kind of state, asked of the code itself.
import { transitionTables } from '../../../packages/domain/src/run/transitions/observe-runs.test-support.ts';
import { cellKey } from '../../../packages/domain/src/run/transitions/table.test-support.ts';

const INTRODUCTION = `# Every command in every state

Made from the code by \`npm run docs\`; do not edit.

What a command comes to, by what it meets: the events with which it is accepted, or the code with which it is refused (G03).
Where a cell names several, it depends on more than the row says, such as the kind of task, the role, or what is said.
\`(nothing)\` is the answer to what was heard before and is true still. What follows by itself after the events is not shown:
the schedule says it ([ARCHITECTURE.md](../ARCHITECTURE.md), section 3).

The states are those that simulated runs come through. A test sees to it that each cell was met, that nothing throws, and that
nothing is taken without an effect but the two commands that say \`(nothing)\` below.
`;

export function transitionsPage() {
  return [INTRODUCTION, ...transitionTables().map(section)].join('\n');
}

function section({ title, rows, columns, cells }) {
  const head = row(['', ...columns]);
  const rule = `|${'---|'.repeat(columns.length + 1)}`;
  const body = rows.map((name) =>
    row([name, ...columns.map((column) => text(cells.get(cellKey(name, column))))]),
  );
  return [`## ${title}`, '', head, rule, ...body, ''].join('\n');
}

function text(cell) {
  if (!cell) return '–';
  const accepted = [...names(cell.events), ...(cell.isIdle ? ['(nothing)'] : [])];
  const refused = names(cell.refusals);
  return [
    ...(accepted.length > 0 ? [`yes: ${accepted.join(', ')}`] : []),
    ...(refused.length > 0 ? [`no: ${refused.join(', ')}`] : []),
  ].join('; ');
}

const names = (set) => [...set].toSorted((a, b) => (a < b ? -1 : 1)).map((name) => `\`${name}\``);
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
