import { spawn } from 'node:child_process';

/** Prints the repository's history as git draws it. */
export function showLog(repository: string): Promise<void> {
  const args = ['--no-pager', '-C', repository, 'log', '--oneline', '--graph', '--decorate'];
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
