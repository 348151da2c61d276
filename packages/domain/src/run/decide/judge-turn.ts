import { parseMessage } from '../../report/parse-message.ts';
import type { Report } from '../../report/report.ts';
import { assertNever } from '../assert-never.ts';
import type { NodeCommand, TurnError } from '../command.ts';
import { attemptOf, taskOf } from '../evolve/patch.ts';
import type { RunEvent } from '../event.ts';
import { allocateIds, type IdAllocator } from '../ids.ts';
import {
  evidenceRequest,
  lintRequest,
  reportRequest,
} from '../message/requests.ts';
import type { Evidence } from '../job.ts';
import type { Attempt, AttemptFailure, RecordedReport, ReturnReason, RunState } from '../state.ts';
import { DEFAULT_PARK_MS } from '../../policy/policy.ts';
import { missingEvidence } from './judge-evidence.ts';
import { judgePlan, reportProblem } from './judge-report.ts';

type EndTurn = Extract<NodeCommand, { kind: 'end-turn' }>;

/** What the end of a turn makes of its attempt: success, one more turn, parking, failure, or a look at the evidence. */
export function judgeTurn(state: RunState, command: EndTurn, now: number): readonly RunEvent[] {
  const attempt = attemptOf(state, command.attemptId);
  const { outcome } = command;
  const ended: RunEvent = {
    type: 'turn.ended',
    data: { attemptId: attempt.id, turn: command.turn, usage: outcome.usage },
  };
  // A report given before the program ended badly still is its word.
  const isWordGiven = attempt.report !== null && outcome.kind === 'failed' && outcome.error.kind === 'crash';
  if (outcome.kind === 'failed' && !isWordGiven) {
    return [ended, turnFailed(attempt, outcome.error, now)];
  }
  const said = outcome.kind === 'completed' ? outcome : null;
  const report = recordedAsGiven(attempt, command.reportedPlan) ?? said?.report ?? readMessage(state, attempt, said);
  const problem = reportProblem(state, attempt, report);
  const ids = allocateIds(state);
  if (report === null || problem !== null) {
    const message = reportRequest(state, attempt, problem ?? '');
    return [ended, sendBack({ attempt, ids, reason: 'format', message, kind: 'bad_output' })];
  }
  const document = command.document ?? (attempt.report?.kind === 'plan' ? attempt.report.document : null);
  const reported: RunEvent[] =
    attempt.report === null
      ? [{ type: 'attempt.reported', data: { attemptId: attempt.id, report: recordReport(report, document) } }]
      : [];
  return [ended, ...reported, ...judgeReport({ state, attempt, report, document, ids })];
}

/** How events keep a report: a plan's text is a document of its own. */
export function recordReport(report: Report, document: string | null): RecordedReport {
  return report.kind === 'plan' ? { kind: 'plan', document: document ?? '' } : report;
}

function recordedAsGiven(attempt: Attempt, reportedPlan: string | null): Report | null {
  if (attempt.report === null) return null;
  return attempt.report.kind === 'plan' ? { kind: 'plan', markdown: reportedPlan ?? '' } : attempt.report;
}

function readMessage(
  state: RunState,
  attempt: Attempt,
  said: { readonly finalMessage: string } | null,
): Report | null {
  if (said === null) return null;
  const parsed = parseMessage(attempt.role, taskOf(state, attempt.taskId).phase, said.finalMessage);
  return parsed?.kind === 'report' ? parsed.report : null;
}

function turnFailed(attempt: Attempt, error: TurnError, now: number): RunEvent {
  if (error.kind === 'limit') {
    const until = error.resetAt ?? now + DEFAULT_PARK_MS;
    return { type: 'attempt.parked', data: { attemptId: attempt.id, until, message: error.message } };
  }
  return failed(attempt, { kind: error.kind, message: error.message, output: null, next: [] });
}

function failed(attempt: Attempt, failure: AttemptFailure): RunEvent {
  return { type: 'attempt.failed', data: { attemptId: attempt.id, failure } };
}

function judgeReport(context: {
  readonly state: RunState;
  readonly attempt: Attempt;
  readonly report: Report;
  readonly document: string | null;
  readonly ids: IdAllocator;
}): readonly RunEvent[] {
  const { state, attempt, report, document, ids } = context;
  switch (report.kind) {
    case 'error':
      return [failed(attempt, { kind: 'agent_error', message: report.reason, output: null, next: [] })];
    case 'validation':
    case 'review':
      return [{ type: 'attempt.succeeded', data: { attemptId: attempt.id, endCommit: null } }];
    case 'plan': {
      const judgement = judgePlan(state, attempt, report.markdown);
      if (!judgement.ok) {
        const message = lintRequest(judgement.findings);
        return [sendBack({ attempt, ids, reason: 'lint', message, kind: 'bad_output' })];
      }
      const phase = taskOf(state, attempt.taskId).phase ?? '';
      const plan = { ...judgement.plan, document: document ?? '' };
      return [
        { type: 'plan.accepted', data: { taskId: attempt.taskId, phase, plan } },
        { type: 'attempt.succeeded', data: { attemptId: attempt.id, endCommit: null } },
      ];
    }
    case 'work':
      return [
        {
          type: 'evidence.requested',
          data: {
            attemptId: attempt.id,
            jobId: ids.next('j'),
            mustContain: attempt.mergeCommit === null ? [] : [attempt.startCommit, attempt.mergeCommit],
            checks: state.policy.checks.filter((check) => check.at.includes('task')),
          },
        },
      ];
    default:
      return assertNever(report);
  }
}

/** What Tina found of an attempt's work: accepted, sent back once, or the end of the attempt (G16). */
export function judgeWork(state: RunState, attempt: Attempt, evidence: Evidence): readonly RunEvent[] {
  const collected: RunEvent = { type: 'evidence.collected', data: { attemptId: attempt.id, evidence } };
  const missing = missingEvidence(state, attempt, evidence);
  if (missing.length === 0) {
    return [
      collected,
      { type: 'attempt.succeeded', data: { attemptId: attempt.id, endCommit: evidence.headCommit } },
    ];
  }
  const message = evidenceRequest(missing, evidence.checks);
  const ids = allocateIds(state);
  return [collected, sendBack({ attempt, ids, reason: 'evidence', message, kind: 'no_evidence' })];
}

/** One more turn, once for each reason; after that the attempt fails with what was asked for. */
function sendBack(parameters: {
  readonly attempt: Attempt;
  readonly ids: IdAllocator;
  readonly reason: ReturnReason;
  readonly message: string;
  readonly kind: AttemptFailure['kind'];
}): RunEvent {
  const { attempt, ids, reason, message, kind } = parameters;
  if (attempt.returned.includes(reason)) {
    return failed(attempt, { kind, message, output: null, next: [] });
  }
  return {
    type: 'attempt.returned',
    data: { attemptId: attempt.id, reason, message, turn: attempt.turn + 1, jobId: ids.next('j') },
  };
}
