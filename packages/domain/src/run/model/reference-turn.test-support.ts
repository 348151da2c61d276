import { metBudget } from './reference-budget.test-support.ts';
import { hasUnheard } from './reference-mail.test-support.ts';
import { nextTurn } from './reference-attempt.test-support.ts';
import { endAttempt, newJob, type RefAttempt, type RefRun } from './reference-run.test-support.ts';

/** How a turn may fail; anything else that ends a turn is something that the agent said. */
export const TURN_FAILURES: readonly string[] = [
  'crash',
  'refusal',
  'authentication',
  'limit',
  'overload',
  'network',
  'bad_output',
];

/** So often in a row a service that does not serve is waited for. */
const MOST_WAITS = 5;

/** What the end of a turn makes of its attempt. */
export function endTurn(run: RefRun, attempt: RefAttempt, how: string): void {
  attempt.turns += 1;
  attempt.isInTurn = false;
  const overrides = attempt.reported === null || how === 'refusal' || how === 'bad_output';
  if (TURN_FAILURES.includes(how) && overrides) {
    const isWait = how === 'overload' || how === 'network';
    attempt.waits = isWait ? attempt.waits + 1 : 0;
    if (attempt.waits > MOST_WAITS || (how !== 'limit' && !isWait)) return endAttempt(attempt, 'failed', how);
    attempt.status = 'parked';
    attempt.limitIsOver = false;
    return;
  }
  attempt.word = attempt.reported ?? how;
  if (attempt.word !== 'nothing' && hasUnheard(run, attempt)) {
    run.mail.turns.set(attempt, (run.mail.turns.get(attempt) ?? 0) + 1);
    return tellMore(run, attempt);
  }
  if (attempt.word === 'error') endAttempt(attempt, 'failed', 'agent_error');
  else if (attempt.word === 'nothing') sendBack(run, attempt, 'format', 'bad_output');
  else if (attempt.word === 'bad-plan') sendBack(run, attempt, 'lint', 'bad_output');
  else if (attempt.role === 'implementer' || attempt.role === 'resolver')
    attempt.job = newJob(run, 'collect-evidence', attempt.task, attempt);
  else endAttempt(attempt, 'succeeded');
}

/** One more turn, once for each reason. */
export function sendBack(run: RefRun, attempt: RefAttempt, reason: string, failure: string): void {
  if (attempt.returned.has(reason)) return endAttempt(attempt, 'failed', failure);
  attempt.returned.add(reason);
  tellMore(run, attempt);
}

/** One more turn, or a wait for the budget that it takes. */
function tellMore(run: RefRun, attempt: RefAttempt): void {
  attempt.waits = 0;
  if (metBudget(run, attempt.task, attempt) === null) return nextTurn(run, attempt);
  Object.assign(attempt, { status: 'parked', limitIsOver: true, job: null });
}
