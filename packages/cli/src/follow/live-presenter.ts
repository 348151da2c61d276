import type { RunView } from '@tina/contract';
import { wantsColour, wantsUnicode } from '../output/style.ts';
import type { CliIo } from '../terminal/io.ts';
import { rowsOf } from './crop.ts';
import { LiveScreen } from './live-screen.ts';
import type { Presenter } from './presenter.ts';
import { renderRun } from './render-run.ts';

/** Ten frames a second: smooth for the eye, and half a percent of a processor. */
const FRAME_MS = 100;

/** On a terminal: the tree, redrawn in place. */
export function createLivePresenter(io: CliIo): Presenter {
  const screen = new LiveScreen(io.stdout);
  const colour = wantsColour(io, io.stdout);
  const unicode = wantsUnicode(io);
  let view: RunView | null = null;
  let note: string | null = null;
  let frame = 0;
  let timer: NodeJS.Timeout | null = null;

  const lines = (): string[] => {
    if (view === null) return note === null ? [] : [note];
    const { columns = 80, rows = 24 } = io.stdout;
    // The cursor needs a row below, and a note one of its own.
    const noteRows = note === null ? 0 : rowsOf(note, columns);
    const look = { width: columns, height: Math.max(1, rows - 1 - noteRows), colour, unicode };
    return [
      ...renderRun(view, { ...look, now: io.now(), spinnerFrame: frame }),
      ...(note === null ? [] : [note]),
    ];
  };
  const draw = (): void => {
    frame++;
    screen.draw(lines());
  };
  const redraw = (): void => {
    if (timer !== null) screen.redraw(lines());
  };
  const stopListening = io.stdout.onResize(redraw);
  let stopReading: (() => void) | null = null;
  const start = (): void => {
    timer ??= setInterval(draw, FRAME_MS);
    // What is typed shows, and Enter moves the cursor.
    stopReading ??= io.onTyped(redraw);
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    stopReading?.();
    stopReading = null;
  };
  return {
    show: (next) => {
      view = next;
      note = null;
      start();
    },
    note: (text) => {
      note = text;
      start();
    },
    release: () => {
      stop();
      draw();
      screen.close();
    },
    close: () => {
      if (timer !== null) draw();
      stop();
      stopListening();
      screen.close();
    },
  };
}
