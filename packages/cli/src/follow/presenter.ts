import type { RunView } from '@tina/contract';

/** How a run that is followed is shown. */
export interface Presenter {
  readonly show: (view: RunView) => void;
  /** Something beside the run itself: the daemon went away. */
  readonly note: (text: string) => void;
  /** Leaves the screen to a question; the next `show` takes it back. */
  readonly release: () => void;
  readonly close: () => void;
}
