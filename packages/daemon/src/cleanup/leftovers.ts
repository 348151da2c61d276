import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import type { GitOptions } from '../git/index.ts';

export interface LeftoverOptions extends GitOptions {
  readonly paths: { readonly stateDir: string; readonly attemptsDir: string; readonly checksDir: string };
}

/** Finds one kind of what a run left. */
export type FindLeftovers = (run: LeftoverQuery, options: LeftoverOptions) => Promise<readonly CleanupItem[]>;
