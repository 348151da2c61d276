import { spawn } from 'node:child_process';
import type { DemoFolder } from './demo-folder.ts';

/** Runs Tina in the demo's repository and home; the answer is its exit code. */
export function runTina(
  { tina, repository, home }: DemoFolder,
  args: readonly string[],
  stdio: 'inherit' | 'ignore' = 'inherit',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(tina, args, { cwd: repository, env: { ...process.env, TINA_HOME: home }, stdio });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
