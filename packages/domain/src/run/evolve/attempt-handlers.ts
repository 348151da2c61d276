import type { RunEventPayloads } from '../event.ts';
import type { Attempt, Usage } from '../attempt.ts';
import type { RunState } from '../state.ts';
import { isWritingRole } from '../../policy/role.ts';
import type { Handlers } from './handlers.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import { countId, patchAttempt, patchTask, useSlot } from './patch.ts';

type AttemptLevelEvent =
  | 'attempt.requested'
  | 'attempt.starting'
  | 'attempt.started'
  | 'attempt.reported'
  | 'turn.ended'
  | 'attempt.returned'
  | 'attempt.warned'
  | 'attempt.parked'
  | 'attempt.resumed'
  | 'attempt.succeeded'
  | 'attempt.failed'
  | 'attempt.lost'
  | 'attempt.cancelled'
  | 'attempt.settling'
  | 'attempt.settled'
  | 'settling.failed'
  | 'evidence.requested'
  | 'evidence.collected';

/** Events about the life of an attempt. */
export const attemptHandlers: Handlers<AttemptLevelEvent> = {
  'attempt.requested': (state, data, at) => requestAttempt(state, data, at),
  'attempt.starting': (state, { attemptId }) => patchAttempt(state, attemptId, { status: 'starting' }),
  'attempt.started': (state, { attemptId, ...facts }, at) =>
    patchAttempt(state, attemptId, { ...facts, status: 'running', turn: 1, jobId: null, startedAt: at }),
  'attempt.reported': (state, { attemptId, report }) => patchAttempt(state, attemptId, { report }),
  'turn.ended': (state, { attemptId, usage }) =>
    patchAttempt(state, attemptId, {
      continueJobId: null,
      usage: addUsage(attemptOf(state, attemptId).usage, usage),
    }),
  'attempt.returned': (state, { attemptId, reason, turn, jobId }) =>
    nextTurn(state, attemptId, {
      turn,
      continueJobId: jobId,
      returned: [...attemptOf(state, attemptId).returned, reason],
    }),
  'attempt.warned': (state, { attemptId, frame }) => patchAttempt(state, attemptId, { warnedFrame: frame }),
  'attempt.parked': (state, { attemptId, until }) =>
    patchAttempt(state, attemptId, { status: 'parked', parkedUntil: until }),
  'attempt.resumed': (state, { attemptId, turn, jobId }) =>
    nextTurn(state, attemptId, { status: 'running', turn, continueJobId: jobId }),
  'attempt.succeeded': (state, { attemptId, endCommit }, at) =>
    acceptWork(endAttempt(state, attemptId, { status: 'succeeded', endCommit }, at), attemptId, endCommit),
  'attempt.failed': (state, { attemptId, failure }, at) =>
    endAttempt(state, attemptId, { status: 'failed', failure }, at),
  'attempt.lost': (state, { attemptId, reason }, at) =>
    endAttempt(state, attemptId, { status: 'lost', endReason: reason }, at),
  'attempt.cancelled': (state, { attemptId, reason }, at) =>
    endAttempt(state, attemptId, { status: 'cancelled', endReason: reason }, at),
  'attempt.settling': (state, { attemptId, jobId }) =>
    countId(patchAttempt(state, attemptId, { jobId }), 'j'),
  'attempt.settled': (state, { attemptId, headCommit, rescueRef }) => {
    const attempt = attemptOf(state, attemptId);
    const settled = patchAttempt(state, attemptId, {
      settled: true,
      jobId: null,
      endCommit: attempt.endCommit ?? headCommit,
      rescueRef,
    });
    const waits = taskOf(settled, attempt.taskId).waitsFor;
    const isAwaited = waits?.kind === 'attempt' && waits.attemptId === attemptId;
    return isAwaited ? patchTask(settled, attempt.taskId, { waitsFor: null }) : settled;
  },
  'settling.failed': (state, { attemptId, problem }) =>
    patchAttempt(state, attemptId, { settleProblem: problem, jobId: null }),
  'evidence.requested': (state, { attemptId, jobId }) =>
    countId(patchAttempt(state, attemptId, { jobId }), 'j'),
  'evidence.collected': (state, { attemptId }) => patchAttempt(state, attemptId, { jobId: null }),
};

function requestAttempt(state: RunState, data: RunEventPayloads['attempt.requested'], at: number): RunState {
  const { attemptId, ...facts } = data;
  const attempt: Attempt = {
    ...facts,
    id: attemptId,
    status: 'requested',
    endCommit: null,
    turn: 0,
    continueJobId: null,
    returned: [],
    report: null,
    failure: null,
    endReason: null,
    parkedUntil: null,
    warnedFrame: 0,
    settled: false,
    settleProblem: null,
    rescueRef: null,
    agentVersion: null,
    hostPid: null,
    session: null,
    workingDirectory: null,
    usage: null,
    requestedAt: at,
    startedAt: null,
    endedAt: null,
  };
  const task = taskOf(state, data.taskId);
  const isFirstWork = isWritingRole(data.role) && task.step === 'implement' && task.workCommit === null;
  const withAttempt = { ...state, attempts: { ...state.attempts, [attempt.id]: attempt } };
  const withTask = patchTask(withAttempt, task.id, {
    stepAttempts: [...task.stepAttempts, attempt.id],
    attemptCount: task.attemptCount + 1,
    waitsFor: { kind: 'attempt', attemptId: attempt.id },
    ...(isFirstWork ? { startCommit: data.startCommit } : {}),
  });
  return countId(countId(useSlot(withTask, data.slot), 'a'), 'j');
}

function nextTurn(state: RunState, attemptId: string, patch: Partial<Attempt>): RunState {
  return countId(patchAttempt(state, attemptId, { ...patch, report: null }), 'j');
}

/** Whatever an ended attempt waited for is waited for no more. */
function endAttempt(state: RunState, attemptId: string, patch: Partial<Attempt>, at: number): RunState {
  const nothing = { jobId: null, continueJobId: null, parkedUntil: null };
  return patchAttempt(state, attemptId, { ...patch, ...nothing, endedAt: at });
}

/** The commits of an accepted writing attempt become the task's work. */
function acceptWork(state: RunState, attemptId: string, endCommit: string | null): RunState {
  const attempt = attemptOf(state, attemptId);
  if (!isWritingRole(attempt.role) || endCommit === null) return state;
  return patchTask(state, attempt.taskId, { workCommit: endCommit });
}

function addUsage(before: Usage | null, more: Usage | null): Usage | null {
  if (before === null || more === null) return before ?? more;
  return {
    inputTokens: addKnown(before.inputTokens, more.inputTokens),
    outputTokens: addKnown(before.outputTokens, more.outputTokens),
    costUsd: addKnown(before.costUsd, more.costUsd),
  };
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
