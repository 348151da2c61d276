import type { Role } from '../../policy/role.ts';
import { newJob, type RefAttempt, type RefRun, type RefTask } from './reference-run.test-support.ts';

/** A task's next attempt, with the job that starts it. */
export function newAttempt(run: RefRun, task: RefTask, role: Role): RefAttempt {
  const number = run.attempts.filter((attempt) => attempt.task === task).length + 1;
  const attempt: RefAttempt = {
    key: `${task.name}#${number}`,
    task,
    role,
    status: 'requested',
    turn: 0,
    job: null,
    limitIsOver: false,
    returned: new Set(),
    reported: null,
    word: null,
    failure: null,
    isStuck: false,
    isSettled: false,
    turns: 0,
    isInTurn: false,
    waits: 0,
    gate: null,
  };
  attempt.job = newJob(run, 'start-agent', task, attempt);
  run.attempts.push(attempt);
  return attempt;
}

export function nextTurn(run: RefRun, attempt: RefAttempt): void {
  attempt.status = 'running';
  attempt.isInTurn = true;
  attempt.turn += 1;
  attempt.reported = null;
  attempt.job = null;
  newJob(run, 'continue-agent', attempt.task, attempt);
}
