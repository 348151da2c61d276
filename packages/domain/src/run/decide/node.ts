import { type Report, REPORT_KINDS } from '../../report/report.ts';
import { assertNever } from '../assert-never.ts';
import type { Decision, NodeCommand, TimerCommand } from '../command.ts';
import { isActive } from '../queries.ts';
import type { Attempt, RunState } from '../state.ts';
import { completeJob } from './complete-job.ts';
import { accept, reject } from './decision.ts';
import { judgeTurn, recordReport } from './judge-turn.ts';

/** What a node, an agent or a timer says. Anything of an earlier incarnation is refused (G10, G11). */
export function decideNode(state: RunState, command: NodeCommand, now: number): Decision {
  if (command.kind === 'complete-job') return completeJob(state, command.job, command.outcome);
  const attempt = state.attempts[command.attemptId];
  if (!attempt || attempt.epoch !== command.epoch || !isActive(attempt)) {
    return reject('stale_attempt', `Attempt ${command.attemptId} with epoch ${command.epoch} is not the current one.`);
  }
  switch (command.kind) {
    case 'begin-attempt':
      return beginAttempt(attempt, command.jobId);
    case 'report':
      return takeReport(attempt, command.report, command.document);
    case 'end-turn':
      return attempt.status === 'running' && attempt.turn === command.turn && attempt.jobId === null
        ? accept(...judgeTurn(state, command, now))
        : reject('stale_turn', `Turn ${command.turn} of attempt ${attempt.id} is not under way.`);
    case 'warn-attempt':
      return accept({ type: 'attempt.warned', data: { attemptId: attempt.id, message: command.message } });
    case 'lose-attempt':
      return accept({ type: 'attempt.lost', data: { attemptId: attempt.id, reason: command.reason } });
    default:
      return assertNever(command);
  }
}

function beginAttempt(attempt: Attempt, jobId: string): Decision {
  if (attempt.jobId !== jobId) return reject('stale_job', `Job ${jobId} does not start attempt ${attempt.id} any more.`);
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
  if (attempt.status !== 'running' || attempt.jobId !== null) {
    return reject('not_your_turn', `Attempt ${attempt.id} has no turn under way.`);
  }
  return accept({
    type: 'attempt.reported',
    data: { attemptId: attempt.id, report: recordReport(report, document) },
  });
}

/** A timer that the state does not wait for any more changes nothing. */
export function decideTimer(state: RunState, command: TimerCommand, now: number): Decision {
  if (command.kind === 'fire-task-timer') {
    const waits = state.tasks[command.taskId]?.waitsFor;
    return waits?.kind === 'timer' && waits.dueAt <= now
      ? accept({ type: 'timer.fired', data: { taskId: command.taskId, attemptId: null } })
      : reject('stale_timer', `Task ${command.taskId} does not wait for this timer.`);
  }
  const attempt = state.attempts[command.attemptId];
  return attempt?.status === 'parked' && attempt.parkedUntil !== null && attempt.parkedUntil <= now
    ? accept({ type: 'timer.fired', data: { taskId: null, attemptId: attempt.id } })
    : reject('stale_timer', `Attempt ${command.attemptId} does not wait for this timer.`);
}
