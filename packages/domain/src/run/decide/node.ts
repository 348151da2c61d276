import { type Report, REPORT_KINDS } from '../../report/report.ts';
import type { Attempt } from '../attempt.ts';
import type { Decision, NodeCommand, TimerCommand } from '../command.ts';
import { found, known } from '../lookup.ts';
import { hasTurn, isActive } from '../queries.ts';
import type { RunState } from '../state.ts';
import { completeJob } from './complete-job.ts';
import { durationText } from '../budget/budget-text.ts';
import { attemptScope } from '../budget/scope.ts';
import { limitOf } from '../budget/spent.ts';
import type { RunEvent } from '../event.ts';
import { accept, attemptFailed, reject } from './decision.ts';
import {
  askQuestion,
  deliverMessage,
  readMessages,
  tellProgress,
  writeMessage,
} from './messages-of-agent.ts';
import { type EndTurn, isPlanMissing, judgeTurn, recordReport } from './judge-turn.ts';

/** What a node or an agent says. Anything of an earlier incarnation is refused (G10, G11). */
export function decideNode(state: RunState, command: NodeCommand, now: number): Decision {
  if (command.kind === 'complete-job') return completeJob(state, command.job, command.outcome);
  const attempt = found(state.attempts, command.attemptId);
  if (!attempt || attempt.epoch !== command.epoch || !isActive(attempt)) {
    return reject(
      'stale_attempt',
      `Attempt ${command.attemptId} with epoch ${command.epoch} is not the current one.`,
    );
  }
  // Command and rule are of one kind; the compiler cannot see that.
  const rule = ATTEMPT_RULES[command.kind] as AttemptRule<AttemptCommand['kind']>;
  return rule(state, attempt, command, now);
}

export type AttemptCommand = Exclude<NodeCommand, { kind: 'complete-job' }>;

type AttemptRule<K extends AttemptCommand['kind']> = (
  state: RunState,
  attempt: Attempt,
  command: Extract<AttemptCommand, { kind: K }>,
  now: number,
) => Decision;

const ATTEMPT_RULES: { readonly [K in AttemptCommand['kind']]: AttemptRule<K> } = {
  'begin-attempt': (_, attempt, { jobId }) => beginAttempt(attempt, jobId),
  report: (_, attempt, { report, document }) => takeReport(attempt, report, document),
  'end-turn': endTurn,
  // A host sends again what it does not know to be heard, and its spool is read once more after it has died.
  'warn-attempt': (_, { id, warnedFrame }, { frame, message }) =>
    frame <= warnedFrame
      ? accept()
      : accept({ type: 'attempt.warned', data: { attemptId: id, frame, message } }),
  'tell-progress': tellProgress,
  'write-message': writeMessage,
  'ask-question': askQuestion,
  'deliver-message': deliverMessage,
  'read-messages': readMessages,
  'lose-attempt': (_, { id }, { reason }) =>
    accept({ type: 'attempt.lost', data: { attemptId: id, reason } }),
};

function beginAttempt(attempt: Attempt, jobId: string): Decision {
  const isBeginning = attempt.status === 'requested' || attempt.status === 'starting';
  if (attempt.jobId !== jobId || !isBeginning) {
    return reject('stale_job', `Job ${jobId} does not start attempt ${attempt.id} any more.`);
  }
  // A node that died between claiming and starting begins again.
  if (attempt.status === 'starting') return accept();
  return accept({ type: 'attempt.starting', data: { attemptId: attempt.id } });
}

function takeReport(attempt: Attempt, report: Report, document: string | null): Decision {
  const wanted = REPORT_KINDS[attempt.role];
  if (report.kind !== wanted && report.kind !== 'error') {
    return reject(
      'wrong_report',
      `A ${attempt.role} reports ${wanted}, not ${report.kind}.`,
      `tina report ${wanted} --help`,
    );
  }
  if (!hasTurn(attempt)) {
    return notStarted(attempt) ?? reject('not_your_turn', `Attempt ${attempt.id} has no turn under way.`);
  }
  if (report.kind === 'plan' && document === null) return planMissing(attempt);
  return accept({
    type: 'attempt.reported',
    data: { attemptId: attempt.id, report: recordReport(report, document) },
  });
}

function endTurn(state: RunState, attempt: Attempt, command: EndTurn, now: number): Decision {
  if (!hasTurn(attempt) || attempt.turn !== command.turn) {
    const stale = reject('stale_turn', `Turn ${command.turn} of attempt ${attempt.id} is not under way.`);
    return notStarted(attempt) ?? stale;
  }
  if (isPlanMissing(attempt, command)) return planMissing(attempt);
  return accept(...judgeTurn(state, command, now));
}

/** The host's word came before the node's, which says that it reported in: it may be repeated. */
function notStarted(attempt: Attempt): Decision | null {
  if (attempt.status !== 'requested' && attempt.status !== 'starting') return null;
  return reject('not_started', `Attempt ${attempt.id} has not started yet: its host did not report in.`);
}

function planMissing(attempt: Attempt): Decision {
  return reject('plan_missing', `The plan of attempt ${attempt.id} came without its text.`);
}

/**
 * A timer that the state does not wait for any more changes nothing. Whether it is due is for its keeper to say: asking
 * the clock again would lose a timer when the clock steps back between the two.
 */
export function decideTimer(state: RunState, command: TimerCommand): Decision {
  if (command.kind === 'fire-task-timer') {
    const { taskId } = command;
    return found(state.tasks, taskId)?.waitsFor?.kind === 'timer'
      ? accept({ type: 'timer.fired', data: { taskId, attemptId: null } })
      : reject('stale_timer', `Task ${taskId} does not wait for this timer.`);
  }
  const { attemptId } = command;
  const attempt = found(state.attempts, attemptId);
  if (attempt?.turnDueAt != null) return accept(budgetSpent(state, attempt));
  return attempt?.status === 'parked' && attempt.parkedUntil !== null
    ? accept({ type: 'timer.fired', data: { taskId: null, attemptId } })
    : reject('stale_timer', `Attempt ${attemptId} does not wait for this timer.`);
}

/** The attempt's own budget of time ends its turn, and the attempt with it. */
function budgetSpent(state: RunState, attempt: Attempt): RunEvent {
  const limit = known(limitOf(state, attemptScope(attempt), 'wall'), `time of attempt ${attempt.id}`);
  const message = `The attempt has worked for ${durationText(limit)}, which is all that its budget allows.`;
  return attemptFailed(attempt, { kind: 'budget', message, output: null, next: [] });
}
