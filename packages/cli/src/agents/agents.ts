import type { AgentView } from '@tina/contract';
import { dateAndTime } from '../output/amounts.ts';
import { type Look, lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle, type Style } from '../output/style.ts';
import type { CliContext } from '../program/context.ts';
import { agentSearch } from './load-agents.ts';
import { lookAtAgents } from './look-at-agents.ts';

export async function agents(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const { io } = context;
  const known = (await lookAtAgents(agentSearch(context))).map(({ view }) => view);
  if (flags.json) return printJson(io, known);
  const look = lookOf(io);
  const style = createStyle(look.colour);
  const isChosen = known.some((view) => view.isDefault);
  printLines(io, [
    ...known.flatMap((view) => [...lines(view, style, look), '']),
    isChosen
      ? 'The default agent does the work of every run that does not say --agent.'
      : 'None is the default: say  tina orchestrate <design.md> --agent <name>,  or set agents.default.',
  ]);
}

function lines(view: AgentView, style: Style, look: Look): string[] {
  const { name, isDefault, problem, warning, path, startLine, isSandboxed, test, next } = view;
  const about = [view.kind === name ? '' : view.kind, isDefault ? 'default' : '', originOf(view)];
  const head = [style.bold(name), `(${about.filter((part) => part !== '').join(', ')})`, versionText(view)];
  return [
    `${mark(view, style, look)} ${head.filter((part) => part !== '').join('  ')}`,
    ...(problem === null ? [] : [`  ${plain(problem)}`]),
    ...(warning === null ? [] : [`  ${style.yellow('warning:')} ${plain(warning)}`]),
    ...(path === null ? [] : [`  found:  ${plain(path)}`]),
    ...(problem === null ? [`  tested: ${testText(test)}`] : []),
    ...(path === null
      ? []
      : [`  starts: ${plain(typed(startLine))}${isSandboxed ? '   (in a sandbox)' : ''}`]),
    ...next.map((step) => `  ${style.bold('next:')} ${plain(step)}`),
  ];
}

function mark({ problem, warning, test }: AgentView, style: Style, { unicode }: Look): string {
  if (problem !== null) return style.red(unicode ? '✖' : 'x');
  const isFine = warning === null && (test === null || !test.isCurrent || test.isFit);
  return isFine ? style.green(unicode ? '✔' : '+') : style.yellow('!');
}

function originOf({ origin }: AgentView): string {
  return origin === 'built-in' ? 'needs no definition' : '';
}

function versionText({ version, range }: AgentView): string {
  const judged = {
    fits: 'in range',
    untried: 'newer than what was tried',
    'too-old': 'too old',
    unknown: '',
  };
  const place = range === null ? '' : judged[range];
  return [plain(version ?? ''), place].filter((part) => part !== '').join(', ');
}

/** How the last test of an agent went, in a line. */
export function testText(test: AgentView['test']): string {
  if (test === null) return 'never';
  const outcome = test.isFit ? 'fit' : `not fit (${test.error?.kind ?? firstMissing(test)})`;
  const what = test.isCurrent ? '' : ', of another version or other settings';
  return `${outcome}, ${dateAndTime(test.at)}${what}`;
}

function firstMissing({ steps }: NonNullable<AgentView['test']>): string {
  return `${steps.find((step) => step.outcome === 'missing')?.step ?? ''} missing`;
}

/** As it could be typed. */
function typed(line: readonly string[]): string {
  return line
    .map((part) => (/^[\w./:=,@%+<>-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
