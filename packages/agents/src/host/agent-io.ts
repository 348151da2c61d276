import type { Launch } from '@tina/contract';
import type { AgentIo } from '../adapter/agent-adapter.ts';
import { sandboxOf } from '../sandbox/sandbox.ts';
import type { Secret } from '../secret/secret.ts';
import { writableFolders } from './writable-folders.ts';

/** What an agent's session gets besides its launch. */
export function agentIo(
  launch: Launch,
  own: { readonly outDirectory: string; readonly temporaryDirectory: string },
  secrets: readonly Secret[],
): AgentIo {
  const { outDirectory, temporaryDirectory } = own;
  const env = { ...launch.env, TMPDIR: temporaryDirectory };
  const writable = writableFolders(launch, [outDirectory, temporaryDirectory]);
  return {
    env,
    outDirectory,
    writable,
    sandbox: sandboxOf({ ...launch, env }, writable),
    secrets,
  };
}
