import {
  type Attempt,
  type Gate,
  type RecordedEvent,
  type RunEventPayloads,
  type RunFinding,
  type RunState,
  type Task,
  usageOf,
} from '@tina/domain';
import type { RunModel } from '../run-model.ts';

type Changes = { readonly [Type in keyof RunEventPayloads]?: Change<RunEventPayloads[Type]> };
type Change<Data> = (state: RunState, data: Data, at: number) => Partial<RunState>;

/**
 * A model small enough to be obviously right: entities are added, changed and (which no real event does) removed. Its
 * states have the real shape, but only some of the fields: the store looks at no others.
 */
export const TOY_MODEL: RunModel = {
  initial: toyInitial,
  evolve(state, event) {
    const change = CHANGES[event.type] as Change<RecordedEvent['data']> | undefined;
    return { ...state, ...change?.(state, event.data, event.at), revision: event.number };
  },
  status: (state) => (state.endedAt === null ? 'executing' : 'complete'),
};

const CHANGES: Changes = {
  'team.created': ({ teams }, team) => ({ teams: { ...teams, [team.id]: team } }),
  'task.added': ({ tasks }, task, at) => ({ tasks: { ...tasks, [task.id]: newTask(task, at) } }),
  'task.readied': ({ tasks }, { taskId }, at) => ({
    tasks: changed(tasks, taskId, { status: 'ready', readyAt: at }),
  }),
  'task.skipped': ({ tasks }, { taskId }) => ({ tasks: without(tasks, taskId) }),
  'attempt.requested': ({ attempts }, attempt, at) => ({
    attempts: { ...attempts, [attempt.attemptId]: newAttempt(attempt, at) },
  }),
  'finding.opened': ({ findings }, finding, at) => ({
    findings: { ...findings, [finding.id]: { ...finding, status: 'open', openedAt: at } as RunFinding },
  }),
  'finding.closed': ({ findings }, { findingId }) => ({ findings: without(findings, findingId) }),
  'gate.opened': ({ gates }, gate, at) => ({
    gates: { ...gates, [gate.id]: { ...gate, status: 'open', openedAt: at } as Gate },
  }),
  'message.sent': ({ messages }, { messageId: id, ...message }, at) => ({
    messages: { ...messages, [id]: { ...message, id, sentAt: at, delivery: null } },
  }),
  'message.delivered': ({ messages }, { messageId, ...delivery }, at) => ({
    messages: changed(messages, messageId, { delivery: { ...delivery, at } }),
  }),
  'question.asked': ({ questions }, { questionId: id, ...question }, at) => ({
    questions: { ...questions, [id]: { ...question, id, askedAt: at, answer: null, answeredAt: null } },
  }),
  'run.completed': (_state, { ending }, at) => ({ control: 'ended', ending, endedAt: at }),
};

function toyInitial(first: RecordedEvent): RunState {
  if (first.type !== 'run.created') throw new Error('A run begins with run.created.');
  const { runId, ...facts } = first.data;
  const entities = {
    teams: {},
    tasks: {},
    attempts: {},
    findings: {},
    gates: {},
    messages: {},
    questions: {},
  };
  const nothing = { ...entities, phases: [], endedAt: null };
  return {
    ...facts,
    id: runId,
    revision: first.number,
    control: 'active',
    createdAt: first.at,
    ...nothing,
  } as unknown as RunState;
}

function newTask(facts: RunEventPayloads['task.added'], at: number): Task {
  return {
    ...facts,
    status: 'pending',
    retries: { failure: 0, output: 0, lost: 0 },
    addedAt: at,
    readyAt: null,
  } as Task;
}

function newAttempt({ attemptId, ...facts }: RunEventPayloads['attempt.requested'], at: number): Attempt {
  const usage = usageOf({ inputTokens: 1, costUsd: 0.25 });
  return {
    ...facts,
    id: attemptId,
    status: 'requested',
    returned: [],
    usage,
    requestedAt: at,
  } as unknown as Attempt;
}

function changed<Entity>(
  entities: Readonly<Record<string, Entity>>,
  id: string,
  fields: Partial<Entity>,
): Readonly<Record<string, Entity>> {
  const entity = entities[id];
  return entity === undefined ? entities : { ...entities, [id]: { ...entity, ...fields } };
}

function without<Entity>(
  entities: Readonly<Record<string, Entity>>,
  id: string,
): Readonly<Record<string, Entity>> {
  return Object.fromEntries(Object.entries(entities).filter(([key]) => key !== id));
}
