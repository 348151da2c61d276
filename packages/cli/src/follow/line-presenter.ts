import type { RunView } from '@tina/contract';
import { clock } from '../output/amounts.ts';
import { printLines } from '../output/print.ts';
import type { CliIo } from '../terminal/io.ts';
import { describeChanges } from './changes.ts';
import type { Presenter } from './presenter.ts';

/** Without a terminal: a line with its time for everything that happens, and no escape sequence. */
export function createLinePresenter(io: CliIo): Presenter {
  let before: RunView | null = null;
  const print = (lines: readonly string[]): void => {
    const time = clock(io.now());
    printLines(
      io,
      lines.map((line) => `${time}  ${line}`),
    );
  };
  return {
    show: (view) => {
      print(describeChanges(before, view, io.now()));
      before = view;
    },
    note: (text) => print([text]),
    release: () => {},
    close: () => {},
  };
}
