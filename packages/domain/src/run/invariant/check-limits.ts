import { remediationDepth } from '../../naming/names.ts';
import type { Attempt } from '../attempt.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { ofEach, type Violation } from './violation.ts';

/** Written here once more: a check that borrowed the number from what it checks would not see it grow. */
const MAX_CONFLICT_ROUNDS = 3;
const MAX_LANDING_ROUNDS = 50;

/** What is spent is spent: no more tries, rounds and remediations than there may be (G05). */
export function checkLimits(state: RunState): readonly Violation[] {
  const { maxRemediationDepth } = state.policy;
  return [
    ...ofEach(Object.values(state.tasks), (task) => checkTask(state, task)),
    ...ofEach(Object.values(state.attempts), checkBackoff),
    ...ofEach(state.phases, ({ number }) => [
      remediationDepth(number) > maxRemediationDepth && {
        guarantee: 'G05',
        subject: state.id,
        message: `Phase ${number} is a remediation deeper than the ${maxRemediationDepth} that there may be.`,
      },
    ]),
  ];
}

function checkBackoff({ id, backoff }: Attempt): readonly Violation[] {
  if (!backoff || backoff.number <= backoff.of) return [];
  const message = `Attempt ${id} waits for its service for the ${backoff.number}th time, and may ${backoff.of} times.`;
  return [{ guarantee: 'G15', subject: id, message }];
}

function checkTask({ policy }: RunState, task: Task): readonly Violation[] {
  const { failure, output, lost } = task.retries;
  const spent: readonly (readonly [what: string, used: number, most: number])[] = [
    ['retries after a failure', failure, policy.retries.failure],
    ['retries after unusable output', output, policy.retries.output],
    ['retries after a loss', lost, policy.retries.lost],
    ['rounds of review', task.reviewRounds, policy.maxReviewRounds],
    ['resolvers', task.conflictRounds, MAX_CONFLICT_ROUNDS],
    ['tries to land', task.landingRounds, MAX_LANDING_ROUNDS],
  ];
  return ofEach(spent, ([what, used, most]) => [
    used > most && {
      guarantee: 'G05',
      subject: task.id,
      message: `Task ${task.id} had ${used} ${what}, and may have ${most}.`,
    },
  ]);
}
