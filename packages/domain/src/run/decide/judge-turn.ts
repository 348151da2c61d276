import { BACKOFF_DEFAULTS, backoffMs } from '../../policy/budget.ts';
import { DEFAULT_PARK_MS, type RunPolicy } from '../../policy/policy.ts';
import { parseMessage } from '../../report/parse-message.ts';
import type { Report } from '../../report/report.ts';
import type { Attempt, AttemptFailure, Backoff, RecordedReport, ReturnReason } from '../attempt.ts';
import type { NodeCommand, TurnError } from '../command.ts';
import type { RunEvent } from '../event.ts';
import { allocateIds, type IdAllocator } from '../ids.ts';
import type { Evidence } from '../job.ts';
import { attemptOf, known, phaseNumberOf, taskOf } from '../lookup.ts';
import { hasUnheardWord } from '../message/mailbox.ts';
import {
  evidenceRequest,
  findingLines,
  lintRequest,
  MESSAGE_REQUEST,
  reportRequest,
} from '../message/requests.ts';
import type { RunState } from '../state.ts';
import { attemptFailed } from './decision.ts';
import { missingEvidence } from './judge-evidence.ts';
import { judgePlan, reportProblem } from './judge-report.ts';

export type EndTurn = Extract<NodeCommand, { kind: 'end-turn' }>;

/** What the end of a turn makes of its attempt: success, one more turn, parking, failure, or a look at the evidence. */
export function judgeTurn(state: RunState, command: EndTurn, now: number): readonly RunEvent[] {
  const attempt = attemptOf(state, command.attemptId);
  const { outcome, turn } = command;
  const { usage } = outcome;
  const ended: RunEvent = { type: 'turn.ended', data: { attemptId: attempt.id, turn, usage } };
  const last = lastWord(state, attempt, command);
  if (last.kind === 'failed') return [ended, turnFailed(state.policy, attempt, last.error, now)];
  const ids = allocateIds(state);
  const askAgain = (problem: string): readonly RunEvent[] => {
    const request = reportRequest(state, attempt, problem);
    return [ended, sendBack({ attempt, ids, reason: 'format', request, problem, kind: 'bad_output' })];
  };
  const { word } = last;
  if (word === null) return askAgain('The turn ended without a report.');
  const problem = reportProblem(state, attempt, word.report);
  if (problem !== null) return askAgain(problem);
  if (hasUnheardWord(state, attempt)) return [ended, hearPerson(attempt, ids)];
  const report = recordReport(word.report, word.document);
  const reported: RunEvent = { type: 'attempt.reported', data: { attemptId: attempt.id, report } };
  const isRecorded = attempt.report !== null;
  return [ended, ...(isRecorded ? [] : [reported]), ...judgeReport({ state, attempt, word, ids })];
}

/** What an agent said last. */
interface Word {
  readonly report: Report;
  /** The hash of a plan's text; null for other reports. */
  readonly document: string | null;
}

type LastWord =
  | { readonly kind: 'said'; readonly word: Word | null }
  | { readonly kind: 'failed'; readonly error: TurnError };

/** A report given before the program ended badly still is its word, unless the answer itself was refused or unusable. */
function lastWord(state: RunState, attempt: Attempt, command: EndTurn): LastWord {
  const { outcome } = command;
  const recorded = recordedWord(attempt, command);
  if (outcome.kind === 'completed') {
    const report = outcome.report ?? readMessage(state, attempt, outcome.finalMessage);
    return { kind: 'said', word: recorded ?? (report && { report, document: command.document }) };
  }
  const { error } = outcome;
  if (recorded === null || error.kind === 'refusal' || error.kind === 'bad_output') {
    return { kind: 'failed', error };
  }
  return { kind: 'said', word: recorded };
}

/** What was reported before the turn ended. */
function recordedWord({ id, report }: Attempt, { reportedPlan }: EndTurn): Word | null {
  if (report?.kind !== 'plan') return report && { report, document: null };
  const markdown = known(reportedPlan, `text of the plan that attempt ${id} reported`);
  return { report: { kind: 'plan', markdown }, document: report.document };
}

/** Whether the command speaks of a plan whose text or document does not come with it. */
export function isPlanMissing(attempt: Attempt, { outcome, document, reportedPlan }: EndTurn): boolean {
  if (attempt.report) return attempt.report.kind === 'plan' && reportedPlan === null;
  return outcome.kind === 'completed' && outcome.report?.kind === 'plan' && document === null;
}

/** How events keep a report: a plan's text is a document of its own. */
export function recordReport(report: Report, document: string | null): RecordedReport {
  if (report.kind !== 'plan') return report;
  return { kind: 'plan', document: known(document, 'document of the plan') };
}

function readMessage(state: RunState, attempt: Attempt, finalMessage: string): Report | null {
  const parsed = parseMessage(attempt.role, taskOf(state, attempt.taskId).phase, finalMessage);
  return parsed?.kind === 'report' ? parsed.report : null;
}

function turnFailed(policy: RunPolicy, attempt: Attempt, error: TurnError, now: number): RunEvent {
  const { kind, message, resetAt } = error;
  if (kind === 'overload' || kind === 'network') return backOff(policy, attempt, { kind, message }, now);
  if (kind !== 'limit') return attemptFailed(attempt, { kind, message, output: null, next: [] });
  // A reset time that is over already would wake the agent again and again.
  const until = resetAt !== null && resetAt > now ? resetAt : now + DEFAULT_PARK_MS;
  return { type: 'attempt.parked', data: { attemptId: attempt.id, until, message } };
}

/** A service that did not serve is waited for, each time longer, so often in a row (G15: it uses up no retry). */
function backOff(
  { retries }: RunPolicy,
  attempt: Attempt,
  { kind, message }: { readonly kind: Backoff['kind']; readonly message: string },
  now: number,
): RunEvent {
  const policy = retries.overload ?? BACKOFF_DEFAULTS;
  const number = (attempt.backoff?.number ?? 0) + 1;
  if (number > policy.times) {
    const tries = policy.times === 0 ? '' : ` It was waited for ${policy.times} times in a row.`;
    return attemptFailed(attempt, { kind, message: `${message}${tries}`, output: null, next: [] });
  }
  const backoff = { kind, number, of: policy.times };
  const until = now + backoffMs(policy, number);
  return { type: 'attempt.parked', data: { attemptId: attempt.id, until, message, backoff } };
}

interface Judging {
  readonly state: RunState;
  readonly attempt: Attempt;
  readonly word: Word;
  readonly ids: IdAllocator;
}

function judgeReport(judging: Judging): readonly RunEvent[] {
  const { state, attempt, word, ids } = judging;
  const { report } = word;
  if (report.kind === 'error') {
    return [attemptFailed(attempt, { kind: 'agent_error', message: report.reason, output: null, next: [] })];
  }
  if (report.kind === 'plan') return judgePlanReport(judging, report.markdown);
  if (report.kind !== 'work') return [succeeded(attempt, null)];
  const jobId = ids.next('j');
  const mustContain = attempt.mergeCommit === null ? [] : [attempt.startCommit, attempt.mergeCommit];
  const checks = state.policy.checks.filter((check) => check.at.includes('task'));
  return [{ type: 'evidence.requested', data: { attemptId: attempt.id, jobId, mustContain, checks } }];
}

function judgePlanReport({ state, attempt, word, ids }: Judging, markdown: string): readonly RunEvent[] {
  const judgement = judgePlan(state, attempt, markdown);
  if (!judgement.ok) {
    const request = lintRequest(judgement.findings);
    const problem = findingLines(judgement.findings).join('\n');
    return [sendBack({ attempt, ids, reason: 'lint', request, problem, kind: 'bad_output' })];
  }
  const { taskId } = attempt;
  const phase = phaseNumberOf(taskOf(state, taskId));
  const plan = { ...judgement.plan, document: known(word.document, 'document of the plan') };
  return [{ type: 'plan.accepted', data: { taskId, phase, plan } }, succeeded(attempt, null)];
}

function succeeded({ id }: Attempt, endCommit: string | null): RunEvent {
  return { type: 'attempt.succeeded', data: { attemptId: id, endCommit } };
}

/** What Tina found of an attempt's work: accepted, sent back once, or the end of the attempt (G16). */
export function judgeWork(state: RunState, attempt: Attempt, evidence: Evidence): readonly RunEvent[] {
  const collected: RunEvent = { type: 'evidence.collected', data: { attemptId: attempt.id, evidence } };
  const missing = missingEvidence(state, attempt, evidence);
  if (missing.length === 0) return [collected, succeeded(attempt, evidence.headCommit)];
  const request = evidenceRequest(missing, evidence.checks);
  const problem = missing.join('\n');
  const ids = allocateIds(state);
  return [collected, sendBack({ attempt, ids, reason: 'evidence', request, problem, kind: 'no_evidence' })];
}

/** One more turn, because a person has written something that the report could not know of. */
function hearPerson({ id, turn }: Attempt, ids: IdAllocator): RunEvent {
  return {
    type: 'attempt.returned',
    data: {
      attemptId: id,
      reason: 'message',
      message: MESSAGE_REQUEST,
      turn: turn + 1,
      jobId: ids.next('j'),
    },
  };
}

/** One more turn, once for each reason; after that the attempt fails with what was asked for. */
function sendBack(parameters: {
  readonly attempt: Attempt;
  readonly ids: IdAllocator;
  readonly reason: ReturnReason;
  /** What the agent is told. */
  readonly request: string;
  /** What a person is told when it comes to nothing. */
  readonly problem: string;
  readonly kind: AttemptFailure['kind'];
}): RunEvent {
  const { attempt, ids, reason, request, problem, kind } = parameters;
  if (attempt.returned.includes(reason)) {
    return attemptFailed(attempt, { kind, message: problem, output: null, next: [] });
  }
  return {
    type: 'attempt.returned',
    data: { attemptId: attempt.id, reason, message: request, turn: attempt.turn + 1, jobId: ids.next('j') },
  };
}
