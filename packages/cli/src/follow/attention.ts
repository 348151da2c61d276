import type { RunView } from '@tina/contract';
import { count } from '../output/amounts.ts';
import { plain, plainLines } from '../output/plain.ts';
import type { Style } from '../output/style.ts';
import { wrap } from '../output/wrap.ts';
import { glyph } from './glyphs.ts';

export interface AttentionOptions {
  readonly width: number;
  readonly unicode: boolean;
  readonly style: Style;
}

/** Lines of a failed command's output that are worth a place on the screen. */
const OUTPUT_LINES = 6;

/** What a person should know or do: open findings, gates, what is blocked, that the run is paused; with what to type. */
export function attention(view: RunView, options: AttentionOptions): string[] {
  const sections = [
    findings(view, options),
    gates(view, options),
    blocked(view, options),
    paused(view, options),
  ];
  return sections.flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines]));
}

function findings(view: RunView, { style, width }: AttentionOptions): string[] {
  const open = view.findings.filter((finding) => finding.status === 'open');
  if (open.length === 0) return [];
  const severities = (['blocker', 'major', 'minor'] as const).flatMap((severity) => {
    const number = open.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}`];
  });
  return wrap(`${count(open.length, 'finding')} open: ${severities.join(', ')}`, width).map(style.yellow);
}

function gates(view: RunView, { style, width, unicode }: AttentionOptions): string[] {
  return view.gates.flatMap((gate) => [
    ...hanging(`${glyph('asking', { unicode, spinnerFrame: null })} `, plain(gate.question), width).map(
      style.yellow,
    ),
    ...gate.next.map((next) => `    ${plain(next)}`),
  ]);
}

function blocked(view: RunView, { style, width, unicode }: AttentionOptions): string[] {
  return view.blocked.flatMap((block) => {
    const said = `${block.taskName}: ${plain(block.message)}`;
    const output = block.output === null ? [] : plainLines(block.output.trimEnd()).slice(-OUTPUT_LINES);
    return [
      ...hanging(`${glyph('blocked', { unicode, spinnerFrame: null })} `, said, width).map(style.red),
      ...output.flatMap((line) => hanging(unicode ? '  │ ' : '  | ', line, width)).map(style.dim),
      ...block.next.map((next) => `    ${plain(next)}`),
    ];
  });
}

function paused(view: RunView, { style, width }: AttentionOptions): string[] {
  if (view.status !== 'paused') return [];
  const ending = view.stopping === 0 ? '' : `; ${count(view.stopping, 'attempt')} still to end`;
  return [...wrap(`Paused${ending}. Go on with:`, width).map(style.yellow), `    tina resume ${view.id}`];
}

function hanging(first: string, text: string, width: number): string[] {
  const indent = ' '.repeat(first.length);
  return wrap(text, Math.max(8, width - first.length)).map(
    (line, index) => (index === 0 ? first : indent) + line,
  );
}
