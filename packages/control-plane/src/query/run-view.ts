import type {
  AttemptView,
  EventView,
  FindingView,
  GateView,
  RunView,
  TaskDetailView,
  TaskView,
} from '@tina/contract';
import { messageView, questionView } from '../message/render-message.ts';
import {
  type Attempt,
  attemptsOfTask,
  type Gate,
  isActive,
  type Measure,
  openQuestions,
  type RunFinding,
  type RunState,
  runStatus,
  runTasks,
  type Task,
  taskText,
  unsettledAttempts,
} from '@tina/domain';
import type { StoredEvent } from '@tina/store';
import { budgetView, usageSum } from './usage-view.ts';

/** Of what agents wrote to people, a screen needs the newest; `message.list` has all. */
const SHOWN_MESSAGES = 20;

/** A run for people and programs, as its state says at `now`. */
export function runView(
  state: RunState,
  facts: { readonly designPath: string; readonly now: number; readonly updatedAt: number },
): RunView {
  const unsettled = unsettledAttempts(state);
  return {
    id: state.id,
    feature: state.feature,
    status: runStatus(state),
    repository: state.repository,
    branch: state.branch,
    createdAt: state.createdAt,
    updatedAt: facts.updatedAt,
    endedAt: state.endedAt,
    revision: state.revision,
    asOf: facts.now,
    designId: state.designId,
    designPath: facts.designPath,
    designRevisionId: state.designRevisionId,
    baseBranch: state.baseBranch,
    baseCommit: state.baseCommit,
    tip: state.tip,
    preset: state.policy.preset,
    agent: state.policy.agent,
    parallelAgents: state.policy.parallelAgents,
    finalize: state.policy.finalize,
    stopping: state.control === 'active' ? 0 : unsettled.filter(isStopping).length,
    blocked: (state.blocked ?? []).map(({ taskId, code, message }) => ({
      taskId,
      taskName: state.tasks[taskId]?.name ?? '',
      code,
      message,
      output: state.tasks[taskId]?.block?.output ?? null,
      next: [...(state.tasks[taskId]?.block?.next ?? [])],
    })),
    ending: state.ending,
    phases: state.phases.map(({ number, title, remediates, startCommit, endCommit }) => ({
      number,
      title,
      remediates,
      startCommit,
      endCommit,
    })),
    teams: Object.values(state.teams).map(({ id, name, parentId }) => ({ id, name, parentId })),
    tasks: orderedTasks(state).map((task) => taskView(state, task)),
    attempts: unsettled.map((attempt) => attemptView(state, attempt)),
    gates: Object.values(state.gates)
      .filter((gate) => gate.status === 'open')
      .map((gate) => gateView(state, gate)),
    findings: Object.values(state.findings).map(findingView),
    usage: usageSum(Object.values(state.attempts), facts.now),
    questions: openQuestions(state).map((question) => questionView(state, question)),
    messages: Object.values(state.messages)
      .filter(({ to }) => to.kind === 'operator')
      .slice(-SHOWN_MESSAGES)
      .map((message) => messageView(state, message)),
  };
}

/** An attempt whose settling failed waits for a person, and nothing of it is at work. */
function isStopping(attempt: Attempt): boolean {
  return attempt.settleProblem === null;
}

/** Run tasks in the order they go, each phase's tasks after its execution. */
export function orderedTasks(state: RunState): readonly Task[] {
  return runTasks(state).flatMap((task) => [
    task,
    ...Object.values(state.tasks).filter((child) => child.parentId === task.id),
  ]);
}

export function taskView(state: RunState, task: Task): TaskView {
  const attempts = attemptsOfTask(state, task.id);
  const current = attempts.findLast((attempt) => !attempt.settled) ?? attempts.at(-1);
  return {
    id: task.id,
    runId: state.id,
    name: task.name,
    kind: task.kind,
    title: task.title,
    phase: task.phase,
    team: state.teams[task.teamId]?.name ?? '',
    parentId: task.parentId,
    dependsOn: [...task.dependsOn],
    status: task.status,
    step: task.step,
    waitsFor: task.waitsFor?.kind ?? null,
    retryAt: task.waitsFor?.kind === 'timer' ? task.waitsFor.dueAt : null,
    gateId: task.waitsFor?.kind === 'gate' ? task.waitsFor.gateId : null,
    model: task.spec?.model ?? null,
    files: [...(task.spec?.files ?? [])],
    revision: task.edits ?? 0,
    block: task.block && { ...task.block, next: [...task.block.next] },
    skipReason: task.skipReason,
    result: task.result,
    attempts: attempts.length,
    currentAttemptId: current?.id ?? null,
    addedAt: task.addedAt,
    startedAt: task.startedAt,
    endedAt: task.endedAt,
  };
}

export function taskDetailView(state: RunState, task: Task, plan: string | null): TaskDetailView {
  return {
    ...taskView(state, task),
    acceptance: [...(task.spec?.acceptance ?? [])],
    review: task.spec?.review ?? null,
    text: task.spec && taskText(task.spec),
    body: plan ?? task.spec?.body ?? reviewSummary(state, task),
    allAttempts: attemptsOfTask(state, task.id).map((attempt) => attemptView(state, attempt)),
    findings: Object.values(state.findings)
      .filter(
        (finding) =>
          finding.taskId === task.id || (task.kind === 'review-phase' && finding.phase === task.phase),
      )
      .map(findingView),
    checks: task.checks.map((check) => ({ ...check, failures: [...check.failures] })),
  };
}

/** What the last review says as a whole; empty for a task that reviews no phase, and before the first. */
function reviewSummary(state: RunState, task: Task): string {
  if (task.kind !== 'review-phase') return '';
  const last = attemptsOfTask(state, task.id).findLast(({ report }) => report?.kind === 'review');
  return last?.report?.kind === 'review' ? last.report.summary : '';
}

export function attemptView(state: RunState, attempt: Attempt): AttemptView {
  const { id, taskId, number, role, agent, agentVersion, model, status, settled, turn, slot, branch } =
    attempt;
  return {
    id,
    runId: state.id,
    taskId,
    taskName: state.tasks[taskId]?.name ?? '',
    number,
    role,
    agent,
    agentVersion,
    model,
    status,
    settled,
    turn,
    slot,
    branch,
    startCommit: attempt.startCommit,
    endCommit: attempt.endCommit,
    session: isActive(attempt) ? attempt.session : null,
    failure: attempt.failure && { kind: attempt.failure.kind, message: attempt.failure.message },
    endReason: attempt.endReason,
    parkedUntil: attempt.parkedUntil,
    parkedBy: parkedBy(attempt),
    backoff: backoffView(attempt),
    progress: attempt.progress?.message ?? null,
    rescueRef: attempt.rescueRef,
    requestedAt: attempt.requestedAt,
    startedAt: attempt.startedAt,
    endedAt: attempt.endedAt,
  };
}

export function gateView(state: RunState, gate: Gate): GateView {
  const { id, taskId, kind, status, question, comment } = gate;
  const budget = gate.budget ? budgetView(gate.budget) : null;
  return {
    id,
    runId: state.id,
    taskId,
    kind,
    budget,
    status,
    question,
    comment,
    next: answersTo(state, gate),
  };
}

function parkedBy({ status, parkedUntil, backoff, gateId }: Attempt): AttemptView['parkedBy'] {
  if (status !== 'parked') return null;
  if (gateId != null) return 'budget';
  if (parkedUntil === null) return 'place';
  return backoff?.kind ?? 'limit';
}

function backoffView({ status, backoff }: Attempt): AttemptView['backoff'] {
  return status === 'parked' && backoff ? { number: backoff.number, of: backoff.of } : null;
}

/** What could be added, as one types it. */
const EXAMPLES: Readonly<Record<Measure, string>> = { turns: '5', wall: '30m', tokens: '100k', cost: '5' };

/** For a plan or a review, first where it can be read. */
function answersTo(state: RunState, { id, taskId, kind, budget }: Gate): string[] {
  if (budget)
    return [
      `tina approve ${id}`,
      `tina approve ${id} --add ${EXAMPLES[budget.measure]}`,
      `tina reject ${id} --comment "..."`,
      `tina usage ${state.id}`,
    ];
  if (kind === 'finalize')
    return ['merge', 'pr', 'keep', 'discard'].map((choice) => `tina finalize ${state.id} --${choice}`);
  const name = state.tasks[taskId]?.name;
  const read = name === undefined ? [] : [`tina task ${state.id}/${name}`];
  return [...read, `tina approve ${id}`, `tina reject ${id} --comment "..."`];
}

export function findingView(finding: RunFinding): FindingView {
  const { id, phase, taskId, source, severity, message, file, line, status, closedBecause } = finding;
  return { id, phase, taskId, source, severity, message, file, line, status, closedBecause };
}

export function eventView(event: StoredEvent): EventView {
  const { sequence, runId, number, at, type, data } = event;
  return { sequence, runId, number, at, type, data: data as Record<string, unknown> };
}
