import type { RunPolicy } from '../../policy/policy.ts';
import { POLICY_DEFAULTS, PRESET_POLICIES } from '../../policy/policy.ts';
import type { RoutingPolicy } from '../../policy/routing-policy.ts';
import type { CreateRun } from '../command.ts';
import type { PlannedTask, Script } from './behaviour.test-support.ts';
import type { NodeBehaviour } from './simulated-node.test-support.ts';

export interface SimulationOptions extends NodeBehaviour {
  /** How many phases the design has; 1 when not given. */
  readonly phases?: number;
  /** Whether the phases have titles; they do when not given. */
  readonly titled?: boolean;
  /** The tasks of each phase's plan; one task when not given. */
  readonly plans?: Readonly<Record<string, readonly PlannedTask[]>>;
  readonly policy?: Partial<RunPolicy>;
  readonly baselineCommand?: string;
  readonly script?: Script;
}

/** Routes that say nothing; a test names what it is about. */
export const ROUTING: RoutingPolicy = {
  agentOverride: null,
  roles: {},
  models: {},
  phases: {},
  tags: {},
  fallback: [],
  reviewersDiffer: false,
};

const POLICY: RunPolicy = {
  ...POLICY_DEFAULTS,
  ...PRESET_POLICIES.balanced,
  agent: 'scripted',
  modelOverride: null,
  checks: [],
  hasSetup: false,
  finalize: 'merge',
};

export function createCommand(options: SimulationOptions, baseCommit: string): CreateRun {
  return {
    kind: 'create-run',
    runId: 'r1',
    projectId: 'p1',
    repository: '/srv/repository',
    nodeId: 'n1',
    designId: 'd1',
    designRevisionId: 'd1-1',
    feature: 'mail',
    baseBranch: 'main',
    baseCommit,
    baselineCommand: options.baselineCommand ?? null,
    phases: Array.from({ length: options.phases ?? 1 }, (_, index) => ({
      number: String(index + 1),
      title: options.titled === false ? null : `Part ${index + 1}`,
    })),
    policy: { ...POLICY, ...options.policy },
    settingsDocument: 'settings',
  };
}
