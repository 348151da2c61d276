import type { Attempt, AttemptFailure } from '../attempt.ts';
import type { Decision } from '../command.ts';
import type { RunEvent } from '../event.ts';
import type {
  CollectEvidenceJob,
  ContinueAgentJob,
  FailedJob,
  JobOutcome,
  JobProblem,
  SettleAttemptJob,
  StartAgentJob,
} from '../job.ts';
import { found } from '../lookup.ts';
import { hasTurn } from '../queries.ts';
import type { RunState } from '../state.ts';
import { accept, attemptFailed, reject, staleJob } from './decision.ts';
import { judgeWork } from './judge-turn.ts';

type Outcome<K extends JobOutcome['kind']> = Extract<JobOutcome, { kind: K }> | FailedJob;

/** The host reported in, or why it did not (G08). */
export function completeStart(
  state: RunState,
  job: StartAgentJob,
  outcome: Outcome<'start-agent'>,
): Decision {
  const attempt = waitingAttempt(state, job);
  if (!attempt) return staleJob(job.jobId);
  if (outcome.kind === 'failed') return accept(failedToWork(attempt, 'start_failed', outcome.problem));
  if (attempt.status !== 'starting') {
    return reject('not_begun', `Attempt ${attempt.id} must be begun before its agent starts.`);
  }
  const { agentVersion, workingDirectory, hostPid, session, branch } = outcome;
  if (branch !== attempt.branch) {
    const message = `The agent host reported in on branch ${branch} instead of ${attempt.branch}.`;
    return accept(attemptFailed(attempt, { kind: 'start_failed', message, output: null, next: [] }));
  }
  return accept({
    type: 'attempt.started',
    data: { attemptId: attempt.id, agentVersion, workingDirectory, hostPid, session },
  });
}

/** The turn was handed over, and may have ended since; one that could not be is the end of its host. */
export function completeContinue(
  state: RunState,
  job: ContinueAgentJob,
  outcome: Outcome<'continue-agent'>,
): Decision {
  const attempt = found(state.attempts, job.attemptId);
  if (!attempt || !hasTurn(attempt) || attempt.turn !== job.turn) return staleJob(job.jobId);
  return outcome.kind === 'failed' ? accept(lost(attempt, outcome.problem)) : accept();
}

export function completeEvidence(
  state: RunState,
  job: CollectEvidenceJob,
  outcome: Outcome<'collect-evidence'>,
): Decision {
  const attempt = waitingAttempt(state, job);
  if (!attempt) return staleJob(job.jobId);
  if (outcome.kind === 'failed') return accept(failedToWork(attempt, 'no_evidence', outcome.problem));
  return accept(...judgeWork(state, attempt, outcome.evidence));
}

/** Nothing of the attempt is left running, or something could not be put into safety (G14, G22). */
export function completeSettling(
  state: RunState,
  job: SettleAttemptJob,
  outcome: Outcome<'settle-attempt'>,
): Decision {
  const attempt = waitingAttempt(state, job);
  if (!attempt) return staleJob(job.jobId);
  if (outcome.kind === 'failed') {
    return accept({ type: 'settling.failed', data: { attemptId: attempt.id, problem: outcome.problem } });
  }
  const { headCommit, rescueRef } = outcome;
  return accept({ type: 'attempt.settled', data: { attemptId: attempt.id, headCommit, rescueRef } });
}

function waitingAttempt(
  state: RunState,
  job: { readonly attemptId: string; readonly jobId: string },
): Attempt | null {
  const attempt = found(state.attempts, job.attemptId);
  return attempt?.jobId === job.jobId ? attempt : null;
}

function failedToWork(
  attempt: Attempt,
  kind: 'start_failed' | 'no_evidence',
  { code, message, output, next }: JobProblem,
): RunEvent {
  if (code === 'host_lost') return lost(attempt, { message });
  const own: AttemptFailure['kind'] = code === 'setup_failed' ? 'setup_failed' : kind;
  return attemptFailed(attempt, { kind: own, message, output, next });
}

function lost(attempt: Attempt, { message }: Pick<JobProblem, 'message'>): RunEvent {
  return { type: 'attempt.lost', data: { attemptId: attempt.id, reason: message } };
}
