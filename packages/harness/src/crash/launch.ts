import type { Sandbox } from '../sandbox/sandbox.ts';
import { CRASH_DESIGN } from './play-plan.ts';

/** The command that starts the run. It is under way while the run's first commit is held, and may outlive its daemon. */
export interface Launched {
  /** Waits until it has ended. @throws Error when it did not start the run, though it tries again by itself */
  done(): Promise<void>;
}

export async function launch(sandbox: Sandbox): Promise<Launched> {
  const path = await sandbox.write('docs/sample-design.md', CRASH_DESIGN);
  const outcome = sandbox.tina('orchestrate', path, '--finalize', 'merge', '--detach');
  return {
    async done() {
      const { code, stdout, stderr } = await outcome;
      if (code !== 0) throw new Error(`tina orchestrate ended with ${code}: ${stderr}${stdout}`);
    },
  };
}
