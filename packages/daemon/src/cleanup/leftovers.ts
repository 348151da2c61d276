import type { GitOptions } from '../git/index.ts';

export interface LeftoverOptions extends GitOptions {
  readonly paths: { readonly stateDir: string; readonly attemptsDir: string; readonly checksDir: string };
}
