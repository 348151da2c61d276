import type { ProcedureOutput } from '@tina/contract';
import {
  found,
  findingsToJudge,
  inboxOf,
  isWritingRole,
  openPhaseFindings,
  openTaskFindings,
  REPORT_KINDS,
  type RunFinding,
  workScope,
} from '@tina/domain';
import { findingView } from '../query/run-view.ts';
import type { AgentCaller } from './agent-caller.ts';

/** The caller's task as it stands now: what its prompt said, and what has changed since. */
export function describeTask(
  { state, attempt, task }: AgentCaller,
  planText: string | null,
): ProcedureOutput<'agent.task'> {
  const before = attempt.predecessor === null ? undefined : found(state.attempts, attempt.predecessor);
  return {
    runId: state.id,
    feature: state.feature,
    attemptId: attempt.id,
    attempt: attempt.number,
    role: attempt.role,
    turn: attempt.turn,
    taskId: task.id,
    taskName: task.name,
    title: task.title,
    phase: task.phase,
    files: isWritingRole(attempt.role) ? [...workScope(task)] : [],
    acceptance: [...(task.spec?.acceptance ?? [])],
    body: task.spec?.body ?? '',
    planText,
    findings: concerning({ state, attempt, task }).map(findingView),
    branch: attempt.branch,
    startCommit: attempt.startCommit,
    predecessor: before
      ? {
          attemptId: before.id,
          status: before.status,
          reason: before.failure?.message ?? before.endReason,
          rescueRef: before.rescueRef,
        }
      : null,
    report: REPORT_KINDS[attempt.role],
    unreadMessages: inboxOf(state, attempt).length,
  };
}

/** Open findings that the caller has to close, to judge or to plan for. */
export function concerning({
  state,
  attempt,
  task,
}: Pick<AgentCaller, 'state' | 'attempt' | 'task'>): readonly RunFinding[] {
  if (isWritingRole(attempt.role)) return openTaskFindings(state, task.id);
  if (attempt.role === 'planner') return task.phase === null ? [] : openPhaseFindings(state, task.phase);
  return findingsToJudge(state, attempt);
}
