import { displayWidth } from '../output/display-width.ts';

/** How much a line is worth where there is no place for all, from what goes first to what stays longest. */
const WORTHS = ['space', 'settled', 'output', 'above', 'active', 'notice', 'asked', 'title'] as const;

export interface Line {
  readonly text: string;
  readonly worth: (typeof WORTHS)[number];
}

export interface Place {
  readonly width: number;
  readonly height: number;
}

/** Rows that a line takes on a terminal: what is wider than it, such as a command to copy, takes several. */
export function rowsOf(text: string, width: number): number {
  return Math.max(1, Math.ceil(displayWidth(text) / width));
}

export function fits(lines: readonly Line[], { width, height }: Place): boolean {
  return lines.reduce((rows, { text }) => rows + rowsOf(text, width), 0) <= height;
}

/** The lines that matter most and fit, in their order, and below them what `more` says of those left out. */
export function crop(lines: readonly Line[], place: Place, more: (left: number) => string): string[] {
  const texts = (kept: readonly Line[]): string[] => kept.map(({ text }) => text);
  if (fits(lines, place)) return texts(lines);
  const kept = [...lines];
  const cropped = (): Line[] => [...kept, { text: more(lines.length - kept.length), worth: 'title' }];
  for (const worth of WORTHS) {
    for (let index = kept.length - 1; index >= 0; index--) {
      if (kept[index]?.worth !== worth) continue;
      if (kept.length === 1) return texts(kept);
      kept.splice(index, 1);
      if (fits(cropped(), place)) return texts(cropped());
    }
  }
  return texts(kept);
}
