import type { Style } from '../output/style.ts';

/** How a node of the tree stands. */
export type NodeState =
  | 'done'
  | 'working'
  | 'waiting'
  | 'asking'
  | 'parked'
  | 'blocked'
  | 'pending'
  | 'dropped';

const UNICODE: Readonly<Record<NodeState, string>> = {
  done: '✔',
  working: '●',
  waiting: '○',
  asking: '?',
  parked: '‖',
  blocked: '✖',
  pending: '·',
  dropped: '-',
};

const ASCII: Readonly<Record<NodeState, string>> = {
  done: '+',
  working: '*',
  waiting: 'o',
  asking: '?',
  parked: '=',
  blocked: 'x',
  pending: '.',
  dropped: '-',
};

const SPINNER = { unicode: '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏', ascii: '|/-\\' } as const;

export interface GlyphOptions {
  readonly unicode: boolean;
  /** Null: nothing moves. */
  readonly spinnerFrame: number | null;
}

/** One column wide, whatever the locale. */
export function glyph(state: NodeState, { unicode, spinnerFrame }: GlyphOptions): string {
  if (state === 'working' && spinnerFrame !== null) {
    const frames = unicode ? SPINNER.unicode : SPINNER.ascii;
    return frames[spinnerFrame % frames.length] ?? '*';
  }
  return (unicode ? UNICODE : ASCII)[state];
}

export function paintState(state: NodeState, style: Style): (text: string) => string {
  switch (state) {
    case 'done':
      return style.green;
    case 'working':
      return style.blue;
    case 'waiting':
    case 'asking':
    case 'parked':
      return style.yellow;
    case 'blocked':
      return style.red;
    case 'pending':
    case 'dropped':
      return style.dim;
  }
}
