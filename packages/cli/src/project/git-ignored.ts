import { execFile } from 'node:child_process';

/** Those of the paths that git ignores; none when git cannot tell. */
export function gitIgnored(root: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    // Exit code 1 means none is ignored.
    execFile('git', ['-C', root, 'check-ignore', '--', ...paths], { timeout: 5_000 }, (_error, stdout) => {
      resolve(stdout.split('\n').filter((line) => line !== ''));
    });
  });
}
