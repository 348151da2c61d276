import type { GitOptions } from '../../git/index.ts';

export interface RemainsOptions extends GitOptions {
  /** Tells this Tina's processes from those of another TINA_HOME. */
  readonly homeId: string;
  readonly paths: {
    readonly stateDir: string;
    readonly attemptsDir: string;
    readonly checksDir: string;
    readonly worktreesDir: string;
  };
}
