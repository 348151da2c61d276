import type { GitOptions } from '../../git/index.ts';

export interface RemainsOptions extends GitOptions {
  readonly paths: {
    readonly stateDir: string;
    readonly attemptsDir: string;
    readonly checksDir: string;
    readonly worktreesDir: string;
  };
}
