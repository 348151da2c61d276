import { REPORT_KINDS, type Report } from '../../report/report.ts';
import type { Attempt } from '../attempt.ts';
import type { RunCommand, TurnOutcome } from '../command.ts';
import { completedTurn, failedTurn } from '../simulation/behaviour.test-support.ts';
import { inboxOf } from '../message/mailbox.ts';
import { hasTurn, isActive, isStuck } from '../queries.ts';
import type { RunState } from '../state.ts';
import { TableBuilder } from './table.test-support.ts';

const ROWS = [
  'requested',
  'starting',
  'its turn is under way',
  'its evidence is looked at',
  'parked until its limit is over',
  'parked, waits for a place',
  'parked, waits for its budget',
  'being cleared away',
  'could not be cleared away',
  'settled',
  'with another epoch',
  'that is not there',
];

/** An attempt's timer carries no epoch: it is set for the attempt itself. */
const TIMER = 'its timer';

const COLUMNS = [
  'begin-attempt',
  'report',
  'report of another role',
  'end-turn',
  'end-turn of another turn',
  'warn-attempt',
  'tell-progress',
  'ask-question',
  'write-message',
  'deliver-message',
  'read-messages',
  'lose-attempt',
];

/** What a host, a node and a clock may say of an attempt. */
export class AttemptTable {
  readonly #table = new TableBuilder('An attempt', ROWS, [...COLUMNS, TIMER]);

  readonly #over = new Set<string>();

  get tables(): readonly TableBuilder[] {
    return [this.#table];
  }

  observe(state: RunState): void {
    for (const attempt of Object.values(state.attempts)) {
      const row = rowOf(attempt);
      // One that is over is over in the same way in every state that follows.
      const key = `${state.id} ${attempt.id} ${row}`;
      if (!isActive(attempt) && this.#over.has(key)) continue;
      this.#over.add(key);
      this.#ask(row, state, attempt);
      this.#ask('with another epoch', state, { ...attempt, epoch: attempt.epoch + 1 });
      this.#ask('that is not there', state, { ...attempt, id: 'nobody' });
      this.#table.ask(row, TIMER, state, { kind: 'fire-attempt-timer', attemptId: attempt.id });
      this.#table.ask('that is not there', TIMER, state, { kind: 'fire-attempt-timer', attemptId: 'nobody' });
    }
  }

  /** Another run begins. */
  forget(): void {
    this.#over.clear();
  }

  #ask(row: string, state: RunState, attempt: Attempt): void {
    for (const column of COLUMNS)
      for (const command of commandsOf(column, attempt, state)) this.#table.ask(row, column, state, command);
  }
}

function rowOf(attempt: Attempt): string {
  const { status, parkedUntil, settled, gateId } = attempt;
  if (status === 'requested' || status === 'starting') return status;
  if (hasTurn(attempt)) return 'its turn is under way';
  if (status === 'running') return 'its evidence is looked at';
  if (isActive(attempt) && gateId != null) return 'parked, waits for its budget';
  if (isActive(attempt))
    return parkedUntil === null ? 'parked, waits for a place' : 'parked until its limit is over';
  if (settled) return 'settled';
  return isStuck(attempt) ? 'could not be cleared away' : 'being cleared away';
}

function commandsOf(column: string, attempt: Attempt, state: RunState): readonly RunCommand[] {
  const base = { attemptId: attempt.id, epoch: attempt.epoch };
  const endTurn =
    (turn: number) =>
    (outcome: TurnOutcome): RunCommand => {
      return { kind: 'end-turn', ...base, turn, outcome, document: 'plan', reportedPlan: '# no plan' };
    };
  switch (column) {
    case 'begin-attempt':
      return [attempt.jobId, 'r1-j0'].flatMap((jobId) =>
        jobId === null ? [] : [{ kind: 'begin-attempt' as const, ...base, jobId }],
      );
    case 'report':
      return [{ kind: 'report', ...base, report: reportOf(attempt), document: 'plan' }];
    case 'report of another role':
      return [{ kind: 'report', ...base, report: strangeReport(attempt), document: null }];
    case 'end-turn':
      return outcomesOf(attempt).map(endTurn(attempt.turn));
    case 'end-turn of another turn':
      return outcomesOf(attempt).map(endTurn(attempt.turn + 1));
    case 'warn-attempt':
      return [{ kind: 'warn-attempt', ...base, frame: attempt.warnedFrame + 1, message: 'no progress' }];
    case 'tell-progress':
      return [{ kind: 'tell-progress', ...base, message: 'half way' }];
    case 'ask-question':
      return [{ kind: 'ask-question', ...base, text: 'why?', choices: [] }];
    case 'write-message':
      return [{ kind: 'write-message', ...base, to: { kind: 'operator' }, text: 'look' }];
    case 'deliver-message':
      return messageIds(state, attempt).map((messageId) => ({
        kind: 'deliver-message' as const,
        ...base,
        messageId,
        mode: 'in-turn' as const,
      }));
    case 'read-messages':
      return messageIds(state, attempt).map((upTo) => ({ kind: 'read-messages' as const, ...base, upTo }));
    default:
      return [{ kind: 'lose-attempt', ...base, reason: 'its lease ended' }];
  }
}

/** The first message that waits for it, and one that is not there. */
function messageIds(state: RunState, attempt: Attempt): readonly string[] {
  const [first] = inboxOf(state, attempt);
  return first ? [first.id, 'r1-s0'] : ['r1-s0'];
}

function outcomesOf(attempt: Attempt): readonly TurnOutcome[] {
  const completed = { kind: 'completed', finalMessage: '', usage: null } as const;
  return [
    completedTurn(),
    { ...completed, report: reportOf(attempt) },
    { ...completed, report: { kind: 'error', reason: 'it cannot be done' } },
    failedTurn('crash'),
    failedTurn('limit'),
    failedTurn('overload'),
  ];
}

function reportOf({ role }: Attempt): Report {
  switch (REPORT_KINDS[role]) {
    case 'validation':
      return { kind: 'validation', status: 'pass', text: '' };
    case 'plan':
      return { kind: 'plan', markdown: '# no plan' };
    case 'work':
      return { kind: 'work', summary: 'done' };
    case 'review':
    case 'error':
      return { kind: 'review', verdict: 'pass', summary: '', findings: [], verdicts: [] };
  }
}

function strangeReport({ role }: Attempt): Report {
  return REPORT_KINDS[role] === 'work'
    ? { kind: 'validation', status: 'pass', text: '' }
    : { kind: 'work', summary: 'done' };
}
