import { randomUUID } from 'node:crypto';
import type { Job, RecordedEvent, RunEvent, RunEventPayloads, RunState } from '@tina/domain';
import type { ControlAction } from '../records.ts';
import type { Commit, CommitResult, EnqueuedJob, RunWrite, Store } from '../store.ts';
import { TOY_MODEL } from './toy-model.ts';

const AT = 1_700_000_000_000;

export interface ToyRun {
  readonly runId?: string;
  readonly projectId?: string;
  readonly designId?: string;
  readonly feature?: string;
  readonly branch?: string;
  readonly onlyRunOfDesign?: boolean;
}

/** Commits a new run and answers with its state. */
export async function startRun(store: Store, run: ToyRun = {}): Promise<RunState> {
  const write = await newRun(store, run);
  const result = await store.commit(commitOf(write));
  if (result.kind !== 'committed') throw new Error(`The run was refused: ${result.kind}`);
  return write.after;
}

/** The first write of a run whose project and design are stored. */
export async function newRun(store: Store, run: ToyRun = {}): Promise<RunWrite> {
  const runId = run.runId ?? `run-${randomUUID()}`;
  const projectId = run.projectId ?? `project-${randomUUID()}`;
  const repository = `/repositories/${projectId}`;
  await store.saveProject({ id: projectId, repository, createdAt: AT });
  const id = run.designId ?? `design-${randomUUID()}`;
  const design = {
    id,
    projectId,
    path: `${id}.md`,
    revisionId: `${id}-1`,
    hash: `hash of ${id}`,
    text: '#',
    createdAt: AT,
  };
  const { designId, revisionId: designRevisionId } = await store.saveDesign(design);
  const feature = run.feature ?? 'clock';
  const facts = {
    runId,
    projectId,
    repository,
    nodeId: 'node',
    designId,
    designRevisionId,
    feature,
    branch: run.branch ?? `tina/${feature}`,
    baseBranch: 'main',
    baseCommit: 'c0ffee',
    baselineCommand: null,
    policy: { knownModels: ['opus'], retries: { failure: 1 }, hasSetup: false },
  };
  const created: RunEvent = {
    type: 'run.created',
    data: facts as unknown as RunEventPayloads['run.created'],
  };
  return { ...runWrite(null, [created], runId), onlyRunOfDesign: run.onlyRunOfDesign ?? false };
}

/** What `events` make of a run; `extra` adds what they cause. */
export function runWrite(
  before: RunState | null,
  events: readonly RunEvent[],
  runId: string = before?.id ?? '',
  extra: Partial<RunWrite> = {},
): RunWrite {
  const expectedRevision = before?.revision ?? 0;
  const recorded = events.map((event, index) => ({
    ...event,
    runId,
    number: expectedRevision + index + 1,
    at: AT + index,
  }));
  return {
    runId,
    expectedRevision,
    before,
    after: fold(before, recorded),
    events: recorded,
    enqueue: [],
    withdraw: [],
    setTimers: [],
    clearTimers: [],
    grantLeases: [],
    releaseLeases: [],
    onlyRunOfDesign: false,
    ...extra,
  };
}

export function commitOf(run: RunWrite | null, extra: Partial<Commit> = {}): Commit {
  return { run, completesJob: null, firesTimer: null, documents: [], tokens: [], action: null, ...extra };
}

/** Commits events on a state and answers with the next one. */
export async function advance(
  store: Store,
  before: RunState,
  events: readonly RunEvent[],
  extra: Partial<RunWrite> = {},
): Promise<RunState> {
  const write = runWrite(before, events, before.id, extra);
  const result: CommitResult = await store.commit(commitOf(write));
  if (result.kind !== 'committed') throw new Error(`The commit was refused: ${result.kind}`);
  return write.after;
}

export function fold(before: RunState | null, events: readonly RecordedEvent[]): RunState {
  const [first, ...rest] = events;
  if (before !== null) return events.reduce(TOY_MODEL.evolve, before);
  if (first === undefined) throw new Error('A new run needs an event.');
  return rest.reduce(TOY_MODEL.evolve, TOY_MODEL.initial(first));
}

export function taskAdded(id: string, name = 'validate-design'): RunEvent {
  const facts = { id, name, kind: 'validate-design', title: 'Validate', phase: null, teamId: 'm1' } as const;
  return { type: 'task.added', data: { ...facts, parentId: null, dependsOn: [], spec: null } };
}

export function enqueued(
  runId: string,
  jobId: string,
  kind: 'remove-slots' | 'start-agent' | 'continue-agent' = 'remove-slots',
): EnqueuedJob {
  const base = { jobId, runId };
  const agent = {
    attemptId: `${jobId}-attempt`,
    epoch: 1,
    role: 'implementer',
    agent: 'scripted',
    model: null,
  } as const;
  const place = {
    slot: 1,
    branch: 'b',
    startCommit: 'c0ffee',
    mergeCommit: null,
    needsSetup: false,
    mergedWith: null,
    scope: [],
  };
  const { attemptId } = agent;
  const jobs: Readonly<Record<typeof kind, Job>> = {
    'start-agent': { ...base, kind: 'start-agent', taskId: 't1', ...agent, ...place },
    'continue-agent': {
      ...base,
      kind: 'continue-agent',
      taskId: 't1',
      attemptId,
      epoch: 1,
      turn: 2,
      message: 'Go on.',
    },
    'remove-slots': { ...base, kind: 'remove-slots', taskId: null, slots: [1] },
  };
  return {
    job: jobs[kind],
    nodeId: 'node',
    attemptId: kind === 'remove-slots' ? null : attemptId,
    causedBy: 1,
  };
}

export function action(idempotencyKey: string, answer = '{"ok":true}'): ControlAction {
  return {
    id: `action-${randomUUID()}`,
    idempotencyKey,
    runId: null,
    kind: 'pause',
    requestedBy: 'a person',
    payload: '{}',
    outcome: 'done',
    reasonCode: null,
    answer,
    requestedAt: AT,
  };
}
