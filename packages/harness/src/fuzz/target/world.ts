import type { Machine, NodeApi } from '@tina/contract';
import {
  type CallContext,
  type Caller,
  type ControlPlane,
  createControlPlane,
  debugOff,
  type Handlers,
  serveCall,
} from '@tina/control-plane';
import { evolve, initialState, runStatus } from '@tina/domain';
import { openSqliteStore, type Store } from '@tina/store';
import { createHash } from 'node:crypto';

const DESIGN = '# Greeter\n\n## Phase 1: The library\n\nIt greets.\n';

const CONFIG = `version: 1
agents: { default: demo, demo: { kind: scripted, script: script.yaml } }
policy: { preset: strict }
`;

/** The control plane on a store in memory, with one run that has begun; its machine is made up. */
export interface World {
  readonly runId: string;
  readonly operator: Caller;
  /** The agent at work on the run's first task, and its secret. */
  readonly agent: Extract<Caller, { kind: 'agent' }>;
  readonly token: string;
  readonly nodeApi: NodeApi;
  /** @throws what the procedure refuses with */
  call(name: string, input: unknown, caller?: Caller): Promise<unknown>;
  /** How many control actions are recorded: those that were refused too (G28). */
  actions(): Promise<number>;
  /** Of everything else that is stored, a short text that changes when anything does. */
  print(): Promise<string>;
  close(): Promise<void>;
}

const LEAVE_AFTER_MS = 3;
const OPERATOR: Caller = { kind: 'operator', name: 'ada' };
const NOW = 1_800_000_000_000;

export async function openWorld(): Promise<World> {
  const store = await openSqliteStore({
    path: ':memory:',
    model: { initial: initialState, evolve, status: runStatus },
    clock: () => NOW,
  });
  let ids = 0;
  const controlPlane = createControlPlane({
    store,
    machine: makeMachine(),
    nodeId: 'here',
    newId: () => `x${String((ids += 1)).padStart(9, '0')}`,
    onError: (error) => {
      throw error;
    },
    after: () => () => {},
  });
  const call = caller(controlPlane);
  const { incarnation } = await controlPlane.node.register({ nodeId: 'here', name: 'here' });
  const created = (await call('run.create', {
    idempotencyKey: 'the first run',
    designPath: '/srv/app/design.md',
    designText: DESIGN,
    directory: '/srv/app',
  })) as { readonly runId: string };
  const { agent, token } = await putAgentToWork(controlPlane, incarnation);
  return {
    runId: created.runId,
    agent,
    token,
    nodeApi: controlPlane.node,
    operator: OPERATOR,
    call,
    actions: async () =>
      (await store.readActions({ runId: null, after: 0, fromEvent: 0, limit: 100 })).length,
    print: () => print(store, created.runId),
    async close() {
      await controlPlane.stop();
      await store.close();
    },
  };
}

async function putAgentToWork(
  controlPlane: ControlPlane,
  incarnation: number,
): Promise<Pick<World, 'agent' | 'token'>> {
  const { node } = controlPlane;
  const claim = { nodeId: 'here', incarnation, limit: 1, agentCapacity: 1, parkedAttempts: [] };
  const [assignment] = await node.claim(claim);
  if (assignment?.job.kind !== 'start-agent') throw new Error('the run does not begin with an agent');
  const { job, epoch } = assignment;
  const { attemptId, jobId, runId, branch } = job;
  await node.beginAttempt({ attemptId, jobId, epoch: job.epoch });
  const facts = { agentVersion: '1', workingDirectory: '/srv/w', branch, hostPid: 7, session: null };
  await node.completeJob({ job, epoch, outcome: { kind: 'start-agent', ...facts } });
  const agent = { kind: 'agent', runId, attemptId, epoch: job.epoch } as const;
  return { agent, token: assignment.agent?.token ?? '' };
}

function caller(controlPlane: ControlPlane): World['call'] {
  return async (name, input, who = OPERATOR) => {
    const end = new AbortController();
    const context: CallContext = { caller: who, token: null, signal: end.signal };
    const handlers = { ...controlPlane.handlers, ...debugOff() } as Handlers;
    return firstOf(serveCall(handlers, name, input, context, controlPlane.refuseAgent), end);
  };
}

/** The answer; of a subscription the first item will do, or that there is none. */
export async function firstOf(
  answer: Promise<unknown> | AsyncIterable<unknown>,
  end: AbortController,
): Promise<unknown> {
  if (answer instanceof Promise) return answer;
  const leave = setTimeout(() => end.abort(), LEAVE_AFTER_MS);
  try {
    for await (const item of answer) return item;
    return null;
  } finally {
    clearTimeout(leave);
    end.abort();
  }
}

/** Numbers that grow with whatever is written, and the rows themselves. */
async function print(store: Store, runId: string): Promise<string> {
  const rows = await store.loadRows(runId);
  const runs = await store.listRuns({ active: false, limit: 100 });
  const all = JSON.stringify([await store.lastSequence(), rows, runs]);
  return createHash('sha256').update(all).digest('hex');
}

function makeMachine(): Machine {
  return {
    inspectRepository: ({ base }) =>
      Promise.resolve({
        root: '/srv/app',
        baseBranch: base ?? 'main',
        baseCommit: 'b'.repeat(40),
        dirtyFiles: [],
      }),
    branchExists: () => Promise.resolve(false),
    hasPushRemote: () => Promise.resolve(true),
    readConfig: () =>
      Promise.resolve({ user: null, project: { path: '/srv/app/.tina/config.yaml', text: CONFIG } }),
    checkAgent: () => Promise.resolve([]),
    attachCommand: () => Promise.resolve(null),
    attemptDirectory: (attemptId) => `/srv/state/attempts/${attemptId}`,
    listCommits: () => Promise.resolve([]),
    findLeftovers: () => Promise.resolve([]),
    removeLeftovers: (items) => Promise.resolve(items),
  };
}
