import type { RunEventPayloads } from '../event.ts';
import type { Attempt } from '../attempt.ts';
import type { RunState } from '../state.ts';
import { isWritingRole } from '../../policy/role.ts';
import { beginTurn, countTurn } from '../budget/count-turn.ts';
import { releaseGate } from './budget-handlers.ts';
import type { Handlers } from './handlers.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import { addUsage } from '../usage.ts';
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
    patchAttempt(state, attemptId, {
      ...facts,
      status: 'running',
      turn: 1,
      jobId: null,
      startedAt: at,
      ...beginTurn(state, attemptOf(state, attemptId), at),
    }),
  'attempt.reported': (state, { attemptId, report }) => patchAttempt(state, attemptId, { report }),
  'turn.ended': (state, { attemptId, usage }, at) => {
    const attempt = attemptOf(state, attemptId);
    return patchAttempt(state, attemptId, {
      continueJobId: null,
      usage: addUsage(attempt.usage, usage),
      ...countTurn(state, attempt, usage, at),
    });
  },
  'attempt.returned': (state, { attemptId, reason, turn, jobId }, at) =>
    nextTurn(state, attemptId, at, {
      turn,
      continueJobId: jobId,
      returned: [...attemptOf(state, attemptId).returned, reason],
      backoff: null,
    }),
  'attempt.warned': (state, { attemptId, frame }) => patchAttempt(state, attemptId, { warnedFrame: frame }),
  'attempt.parked': (state, { attemptId, until, backoff }) =>
    patchAttempt(state, attemptId, {
      status: 'parked',
      parkedUntil: until,
      backoff: backoff ?? null,
      ...(backoff ? {} : { limitedUntil: until }),
    }),
  'attempt.resumed': (state, { attemptId, turn, jobId }, at) =>
    nextTurn(state, attemptId, at, { status: 'running', turn, continueJobId: jobId, pendingMessage: null }),
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

function nextTurn(state: RunState, attemptId: string, at: number, patch: Partial<Attempt>): RunState {
  const begun = beginTurn(state, attemptOf(state, attemptId), at);
  return countId(patchAttempt(state, attemptId, { ...patch, ...begun, report: null }), 'j');
}

/** Whatever an ended attempt waited for is waited for no more; of a turn that ends with it nothing is known. */
function endAttempt(state: RunState, attemptId: string, patch: Partial<Attempt>, at: number): RunState {
  const attempt = attemptOf(state, attemptId);
  const { gateId } = attempt;
  const nothing = { jobId: null, continueJobId: null, parkedUntil: null };
  // A clock that was set back meanwhile does not give back what the budget was ended for.
  const until = patch.failure?.kind === 'budget' ? Math.max(at, attempt.turnDueAt ?? at) : at;
  const counted = attempt.turnStartedAt == null ? {} : countTurn(state, attempt, null, until);
  const ended = patchAttempt(state, attemptId, { ...patch, ...nothing, ...counted, endedAt: at });
  return gateId == null ? ended : releaseGate(patchAttempt(ended, attemptId, { gateId: null }), gateId, at);
}

/** The commits of an accepted writing attempt become the task's work. */
function acceptWork(state: RunState, attemptId: string, endCommit: string | null): RunState {
  const attempt = attemptOf(state, attemptId);
  if (!isWritingRole(attempt.role) || endCommit === null) return state;
  return patchTask(state, attempt.taskId, { workCommit: endCommit });
}
