import { adapterFor, judgeVersion, type VersionJudgement, type VersionRange } from '@tina/agents';
import type { AgentDefinition } from '@tina/contract';
import { examineAgent, type ExaminedAgent } from '@tina/daemon';
import { withoutSecrets } from './without-secrets.ts';

export interface LookedAtAgent extends ExaminedAgent {
  /** Null where any version may do. */
  readonly versions: VersionRange | null;
  /** Null where there is no range, or no program. */
  readonly range: VersionJudgement['kind'] | null;
  /** The command line that it is started with, without secrets. */
  readonly startLine: readonly string[];
}

/** All that can be known of an agent without giving it work: what the daemon finds before a run, and what it would do. */
export async function lookAtAgent(
  agent: { readonly name: string; readonly definition: AgentDefinition; readonly repository: string },
  env: NodeJS.ProcessEnv,
): Promise<LookedAtAgent> {
  const adapter = await adapterFor(agent.definition.kind);
  const examined = await examineAgent(agent, env);
  const versions = adapter.versions ?? null;
  const { isFound, version } = examined.probe;
  return {
    ...examined,
    versions,
    range: versions === null || !isFound ? null : judgeVersion(version, versions).kind,
    startLine: withoutSecrets(adapter.startLine(agent.definition), env),
  };
}
