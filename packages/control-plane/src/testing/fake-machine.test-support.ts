import type { AgentDefinition, CleanupItem, ErrorData, LeftoverQuery, Machine } from '@tina/contract';

/** What a test says of its machine; it may change it between two calls. */
export interface MachineFacts {
  root: string;
  baseBranch: string;
  baseCommit: string;
  dirtyFiles: string[];
  readonly branches: Set<string>;
  hasPushRemote: boolean;
  userConfig: string | null;
  projectConfig: string | null;
  agentProblems: ErrorData[];
  leftovers: CleanupItem[];
  readonly removed: string[];
  /** Names of leftovers whose removal fails. */
  readonly held: Set<string>;
  sessions: Map<string, readonly string[]>;
  /** Called before a repository is looked at: where a test lets others in between. */
  onInspect: () => Promise<void>;
}

export interface FakeMachine extends Machine {
  readonly facts: MachineFacts;
  readonly leftoverQueries: LeftoverQuery[];
  /** Agents that were looked at before a run, as they would be started. */
  readonly agentChecks: AgentDefinition[];
}

export const PROJECT_CONFIG_PATH = '/srv/app/.tina/config.yaml';

export const WITH_AGENT = `version: 1
agents:
  default: scripted
  scripted: { kind: scripted, script: script.yaml }
`;

/** A machine without git, tmux or files: it answers what the test says. */
export function createFakeMachine(): FakeMachine {
  const facts: MachineFacts = {
    root: '/srv/app',
    baseBranch: 'main',
    baseCommit: 'b'.repeat(40),
    dirtyFiles: [],
    branches: new Set(),
    hasPushRemote: true,
    userConfig: null,
    projectConfig: WITH_AGENT,
    agentProblems: [],
    leftovers: [],
    removed: [],
    held: new Set(),
    sessions: new Map(),
    onInspect: () => Promise.resolve(),
  };
  const leftoverQueries: LeftoverQuery[] = [];
  const agentChecks: AgentDefinition[] = [];
  return {
    facts,
    leftoverQueries,
    agentChecks,
    async inspectRepository({ base }) {
      await facts.onInspect();
      const { root, baseCommit, dirtyFiles } = facts;
      return { root, baseCommit, baseBranch: base ?? facts.baseBranch, dirtyFiles: [...dirtyFiles] };
    },
    branchExists: ({ branch }) => Promise.resolve(facts.branches.has(branch)),
    hasPushRemote: () => Promise.resolve(facts.hasPushRemote),
    readConfig: () =>
      Promise.resolve({
        user: source('/srv/config/config.yaml', facts.userConfig),
        project: source(PROJECT_CONFIG_PATH, facts.projectConfig),
      }),
    checkAgent({ definition }) {
      agentChecks.push(definition);
      return Promise.resolve(facts.agentProblems);
    },
    attachCommand: (attemptId) => Promise.resolve(facts.sessions.get(attemptId) ?? null),
    attemptDirectory: (attemptId) => `/srv/state/attempts/${attemptId}`,
    listCommits: ({ from, to }) =>
      Promise.resolve([{ commit: to, subject: `since ${from}`, author: 'Ada', at: 1 }]),
    findLeftovers(runs) {
      leftoverQueries.push(...runs);
      const ids = new Set(runs.map((run) => run.runId));
      return Promise.resolve(facts.leftovers.filter((item) => ids.has(item.runId)));
    },
    removeLeftovers(items) {
      const wanted = items.filter(({ action }) => action === 'remove');
      facts.removed.push(...wanted.map(({ name }) => name));
      const isHeld = ({ name }: CleanupItem): boolean => facts.held.has(name);
      return Promise.resolve(
        items.map((item) => (isHeld(item) ? { ...item, action: 'keep', why: 'no space' } : item)),
      );
    },
  };
}

function source(path: string, text: string | null): { readonly path: string; readonly text: string } | null {
  return text === null ? null : { path, text };
}
