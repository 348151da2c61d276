import type { RunView } from '@tina/contract';
import { count } from '../output/amounts.ts';
import { plain, plainLines } from '../output/plain.ts';
import type { Style } from '../output/style.ts';
import { wrap } from '../output/wrap.ts';
import type { Line } from './crop.ts';
import { glyph } from './glyphs.ts';

export interface AttentionOptions {
  readonly width: number;
  readonly unicode: boolean;
  readonly style: Style;
}

/** The rest is in `tina messages`. */
const SHOWN_MESSAGES = 3;

/** Lines of a failed command's output that are worth a place on the screen. */
const OUTPUT_LINES = 6;

/** What a person should know or do: open findings, gates, what is blocked, that the run is paused; with what to type. */
export function attention(view: RunView, options: AttentionOptions): Line[] {
  const sections = [
    findings(view, options),
    gates(view, options),
    questions(view, options),
    fromAgents(view, options),
    blocked(view, options),
    paused(view, options),
  ];
  return sections.flatMap((lines) => (lines.length === 0 ? [] : [{ text: '', worth: 'space' }, ...lines]));
}

function findings(view: RunView, { style, width }: AttentionOptions): Line[] {
  const open = view.findings.filter((finding) => finding.status === 'open');
  if (open.length === 0) return [];
  const severities = (['blocker', 'major', 'minor'] as const).flatMap((severity) => {
    const number = open.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}`];
  });
  const said = wrap(`${count(open.length, 'finding')} open: ${severities.join(', ')}`, width);
  return worth('notice', said.map(style.yellow));
}

function gates(view: RunView, { style, width, unicode }: AttentionOptions): Line[] {
  const mark = `${glyph('asking', { unicode, spinnerFrame: null })} `;
  return view.gates.flatMap((gate) =>
    worth('asked', [...hanging(mark, plain(gate.question), width).map(style.yellow), ...commands(gate.next)]),
  );
}

/** What agents want to know; nothing waits for it but they. */
function questions(view: RunView, { style, width, unicode }: AttentionOptions): Line[] {
  const mark = `${glyph('asking', { unicode, spinnerFrame: null })} `;
  return view.questions.flatMap(({ taskName, role, text, choices, next }) => {
    const proposed = choices.length === 0 ? '' : ` (${choices.map(plain).join(' | ')})`;
    const asked = `${taskName} ${role} asks: ${plain(text)}${proposed}`;
    return worth('asked', [...hanging(mark, asked, width).map(style.yellow), ...commands(next)]);
  });
}

/** The newest words to people of agents that are at work. */
function fromAgents(view: RunView, { width }: AttentionOptions): Line[] {
  const atWork = new Map(view.attempts.map((attempt) => [attempt.id, attempt]));
  const said = view.messages.flatMap(({ from, text }) => {
    const attempt = from === null ? undefined : atWork.get(from);
    return attempt ? [`${attempt.taskName} ${attempt.role} says: ${plain(text)}`] : [];
  });
  return worth(
    'notice',
    said.slice(-SHOWN_MESSAGES).flatMap((line) => wrap(line, width)),
  );
}

function blocked(view: RunView, { style, width, unicode }: AttentionOptions): Line[] {
  const mark = `${glyph('blocked', { unicode, spinnerFrame: null })} `;
  return view.blocked.flatMap((block) => {
    const said = `${block.taskName}: ${plain(block.message)}`;
    const output = block.output === null ? [] : plainLines(block.output.trimEnd()).slice(-OUTPUT_LINES);
    return [
      ...worth('asked', hanging(mark, said, width).map(style.red)),
      ...worth(
        'output',
        output.flatMap((line) => hanging(unicode ? '  │ ' : '  | ', line, width)).map(style.dim),
      ),
      ...worth('asked', commands(block.next)),
    ];
  });
}

function paused(view: RunView, { style, width }: AttentionOptions): Line[] {
  if (view.status !== 'paused') return [];
  const ending = view.stopping === 0 ? '' : `; ${count(view.stopping, 'attempt')} still to end`;
  const said = wrap(`Paused${ending}. Go on with:`, width).map(style.yellow);
  return worth('asked', [...said, ...commands([`tina resume ${view.id}`])]);
}

function worth(what: Line['worth'], lines: readonly string[]): Line[] {
  return lines.map((text) => ({ text, worth: what }));
}

function commands(next: readonly string[]): string[] {
  return next.map((command) => `    ${plain(command)}`);
}

function hanging(first: string, text: string, width: number): string[] {
  const indent = ' '.repeat(first.length);
  return wrap(text, Math.max(8, width - first.length)).map(
    (line, index) => (index === 0 ? first : indent) + line,
  );
}
