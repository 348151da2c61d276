import type { PlayedFault } from '../fault/fault-player.ts';
import type { Notice } from '../watcher/notice.ts';

/** Who does the work of a scenario. */
export type ChosenAgent =
  | { readonly kind: 'scripted' }
  | {
      readonly kind: 'configured';
      /** As the user's own configuration names it. */
      readonly name: string;
      /** The user's configuration file; null: there is none. */
      readonly userConfig: string | null;
      /** The user's environment: agent programs need their logins. */
      readonly env: Readonly<Record<string, string>>;
    };

export interface PlayOptions {
  readonly agent: ChosenAgent;
  /** Leave the folder to look at. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
  /** Is told of everything that the watcher says, when it says it. */
  readonly onNotice: (notice: Notice) => void;
  /** Is told of each step of a fault, when it is played. */
  readonly onPlayed: (played: PlayedFault) => void;
}
