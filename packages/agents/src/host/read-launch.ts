import { readFileSync, statSync } from 'node:fs';
import type { Launch } from '@tina/contract';

/** What the host cannot do without. The daemon wrote the file from the type, so this is no check of its form. */
const NEEDED = [
  'attemptId',
  'socketPath',
  'token',
  'agent',
  'prompt',
  'worktree',
  'directory',
  'env',
  'limits',
] as const;

/** The content of `launch.json`, or why it cannot be followed. */
export function readLaunch(path: string): Launch | { readonly problem: string } {
  try {
    const launch = JSON.parse(readFileSync(path, 'utf8')) as Launch;
    const lacking = NEEDED.find((key) => launch[key] === undefined);
    if (lacking !== undefined) return { problem: `${path} has no "${lacking}"` };
    if (statSync(launch.worktree, { throwIfNoEntry: false })?.isDirectory() !== true) {
      return { problem: `the worktree ${launch.worktree} is gone` };
    }
    return launch;
  } catch (error) {
    return {
      problem: `${path === '' ? 'the launch file' : path} cannot be read: ${(error as Error).message}`,
    };
  }
}
