import type {
  AttemptView,
  FindingView,
  GateView,
  RunSummaryView,
  RunView,
  TaskView,
  UsageSum,
} from '@tina/contract';
import { NOW } from './time.test-support.ts';

/** Seconds before the time of the tests. */
export const ago = (seconds: number): number => NOW - seconds * 1000;

export function makeSummary(fields: Partial<RunSummaryView> = {}): RunSummaryView {
  return {
    id: 'r1',
    feature: 'rate-limits',
    status: 'executing',
    repository: '/srv/app',
    branch: 'tina/rate-limits',
    createdAt: ago(125),
    updatedAt: ago(1),
    endedAt: null,
    ...fields,
  };
}

export function makeRun(fields: Partial<RunView> = {}): RunView {
  return {
    ...makeSummary(),
    revision: 42,
    asOf: NOW,
    designId: 'd1',
    designPath: 'docs/rate-limits-design.md',
    designRevisionId: 'v1',
    baseBranch: 'main',
    baseCommit: '1111111111111111111111111111111111111111',
    tip: '2222222222222222222222222222222222222222',
    preset: 'balanced',
    agent: 'scripted',
    parallelAgents: 3,
    finalize: 'ask',
    stopping: 0,
    blocked: [],
    ending: null,
    phases: [],
    teams: [],
    tasks: [],
    attempts: [],
    gates: [],
    usage: makeUsage(),
    findings: [],
    questions: [],
    messages: [],
    ...fields,
  };
}

/** Nothing was used. */
export function makeUsage(fields: Partial<UsageSum> = {}): UsageSum {
  const nothing = { known: 0, isAtLeast: false };
  return {
    attempts: 0,
    turns: 0,
    turnsUnderWay: 0,
    wallMs: 0,
    inputTokens: nothing,
    cacheReadTokens: nothing,
    cacheWriteTokens: nothing,
    outputTokens: nothing,
    tokens: nothing,
    costToldUsd: nothing,
    costReckonedUsd: nothing,
    costUsd: nothing,
    ...fields,
  };
}

let lastTask = 0;

export function makeTask(fields: Partial<TaskView> = {}): TaskView {
  lastTask++;
  return {
    id: `r1-t${lastTask}`,
    runId: 'r1',
    name: `phase-1-task-${lastTask}`,
    kind: 'phase-task',
    title: `Task ${lastTask}`,
    phase: '1',
    team: 'rate-limits-phase-1',
    parentId: null,
    dependsOn: [],
    status: 'pending',
    step: null,
    waitsFor: null,
    retryAt: null,
    gateId: null,
    model: null,
    files: [],
    revision: 0,
    block: null,
    skipReason: null,
    result: null,
    attempts: 0,
    currentAttemptId: null,
    addedAt: ago(120),
    startedAt: null,
    endedAt: null,
    ...fields,
  };
}

export function makeAttempt(fields: Partial<AttemptView> = {}): AttemptView {
  return {
    id: 'r1-a1',
    runId: 'r1',
    taskId: 'r1-t1',
    taskName: 'phase-1-task-1',
    number: 1,
    role: 'implementer',
    agent: 'scripted',
    agentVersion: '1.0.0',
    model: null,
    status: 'running',
    settled: false,
    turn: 1,
    slot: 1,
    branch: 'tina-attempt/r1-a1',
    startCommit: '1111111111111111111111111111111111111111',
    endCommit: null,
    session: 'tina-r1-a1',
    failure: null,
    endReason: null,
    parkedUntil: null,
    parkedBy: null,
    backoff: null,
    progress: null,
    rescueRef: null,
    requestedAt: ago(20),
    startedAt: ago(18),
    endedAt: null,
    ...fields,
  };
}

export function makeGate(fields: Partial<GateView> = {}): GateView {
  return {
    id: 'r1-g1',
    runId: 'r1',
    taskId: 'r1-t1',
    kind: 'plan',
    budget: null,
    status: 'open',
    question: 'Is the plan of phase 1 what you want?',
    comment: null,
    next: ['tina approve r1-g1', 'tina reject r1-g1 --comment "..."'],
    ...fields,
  };
}

export function makeFinding(fields: Partial<FindingView> = {}): FindingView {
  return {
    id: 'r1-f1',
    phase: '1',
    taskId: null,
    source: 'review',
    severity: 'major',
    message: 'No limit per user',
    file: 'src/limit.ts',
    line: 12,
    status: 'open',
    closedBecause: null,
    ...fields,
  };
}

interface Steps {
  readonly plan?: Partial<TaskView>;
  readonly execute?: Partial<TaskView>;
  readonly review?: Partial<TaskView>;
}

/** The three steps of a phase, in the order they go, with the phase's tasks after its execution. */
export function makePhaseTasks(
  number: string,
  steps: Steps,
  tasks: readonly Partial<TaskView>[] = [],
): TaskView[] {
  const step = (kind: string, fields: Partial<TaskView> = {}): TaskView =>
    makeTask({ name: `${kind}-${number}`, kind, title: '', phase: number, ...fields });
  const execute = step('execute-phase', steps.execute);
  return [
    step('plan-phase', steps.plan),
    execute,
    ...tasks.map((task) => makeTask({ ...task, phase: number, parentId: execute.id })),
    step('review-phase', steps.review),
  ];
}

/** Fields of a task that is done: it began and took so many seconds. */
export function done(startedAgo: number, took: number): Partial<TaskView> {
  return { status: 'completed', startedAt: ago(startedAgo), endedAt: ago(startedAgo - took) };
}
