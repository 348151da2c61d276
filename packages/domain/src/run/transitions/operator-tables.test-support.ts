import { FINALIZE_TASK_NAME } from '../../naming/names.ts';
import type { OperatorCommand } from '../command.ts';
import { taskNamed } from '../lookup.ts';
import { questionStatus } from '../message/mailbox.ts';
import { isActive, isOver as isTaskOver } from '../queries.ts';
import { runStatus } from '../run-status.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { TableBuilder } from './table.test-support.ts';

/** How a run that takes no orders any more is called in every table. */
const OVER = 'of a run that has ended, or is being cancelled';

const RUN = new Map([
  ['pause', { kind: 'pause', now: false }],
  ['pause --now', { kind: 'pause', now: true }],
  ['resume', { kind: 'resume' }],
  ['cancel', { kind: 'cancel', reason: null }],
] as const);

const TASK = ['retry', 'skip', 'edit', 'its timer'];

/** What a person may ask of a run, its tasks, its end and its gates. */
export class OperatorTables {
  readonly #runs = new TableBuilder(
    'A run',
    'validating preparing planning executing reviewing finalizing blocked paused complete cancelled'.split(
      ' ',
    ),
    [...RUN.keys()],
  );
  readonly #tasks = new TableBuilder(
    'A task',
    [
      'pending',
      'ready',
      ...['an attempt', 'a job', 'a timer', 'a gate', 'a place'].map(
        (what) => `in progress, waits for ${what}`,
      ),
      'completed',
      'blocked',
      'skipped',
      OVER,
      'that is not there',
    ],
    TASK,
  );
  readonly #end = new TableBuilder(
    'The end of a run',
    ['phases under way', 'a person is asked', 'under way', 'blocked', OVER],
    ['finalize'],
  );
  readonly #gates = new TableBuilder(
    'A gate',
    [
      ...['plan', 'review', 'finalize', 'budget'].map((kind) => `${kind}, open`),
      'approved',
      'rejected',
      'withdrawn',
      OVER,
      'that is not there',
    ],
    ['approve', 'reject'],
  );

  readonly #talk = new TableBuilder(
    'People and agents at work',
    [
      ...['at work', 'that has ended', 'that is not there'].map((which) => `an attempt ${which}`),
      ...['to be done', 'that is over', 'that is not there'].map((which) => `a task ${which}`),
      ...['open', 'answered', 'closed', 'that is not there'].map((which) => `a question ${which}`),
      OVER,
    ],
    ['send or answer'],
  );

  get tables(): readonly TableBuilder[] {
    return [this.#runs, this.#tasks, this.#end, this.#gates, this.#talk];
  }

  observe(state: RunState): void {
    for (const [name, command] of RUN) this.#runs.ask(runStatus(state), name, state, command);
    const isOver = state.control === 'ended' || state.control === 'cancelling';
    for (const task of Object.values(state.tasks)) {
      this.#askTask(isOver ? OVER : rowOfTask(task), state, task.id);
    }
    if (!isOver) this.#askTask('that is not there', state, 'nobody');
    const finalize = taskNamed(state, FINALIZE_TASK_NAME);
    this.#end.ask(isOver ? OVER : rowOfEnd(finalize), 'finalize', state, {
      kind: 'finalize',
      choice: 'keep',
    });
    for (const { id, kind, status } of Object.values(state.gates)) {
      const row = status === 'open' ? `${kind}, open` : status;
      this.#askGate(isOver ? OVER : row, state, id);
    }
    if (!isOver) this.#askGate('that is not there', state, 'nothing');
    this.#askTalk(state, isOver);
  }

  #askTask(row: string, state: RunState, taskId: string): void {
    this.#tasks.ask(row, 'retry', state, { kind: 'retry', taskId });
    this.#tasks.ask(row, 'skip', state, { kind: 'skip', taskId, reason: 'not needed' });
    this.#tasks.ask(row, 'edit', state, {
      kind: 'edit-task',
      taskId,
      edit: { title: 'Something else' },
      revision: null,
    });
    this.#tasks.ask(row, 'its timer', state, { kind: 'fire-task-timer', taskId });
  }

  #askTalk(state: RunState, isOver: boolean): void {
    const ask = (row: string, command: OperatorCommand): void =>
      this.#talk.ask(isOver ? OVER : row, 'send or answer', state, command);
    const toAttempt = (row: string, attemptId: string): void =>
      ask(`an attempt ${row}`, { kind: 'send-message', to: { kind: 'attempt', attemptId }, text: 'hear' });
    const toTask = (row: string, taskId: string): void =>
      ask(`a task ${row}`, { kind: 'send-message', to: { kind: 'task', taskId }, text: 'hear' });
    const answer = (row: string, questionId: string): void =>
      ask(`a question ${row}`, { kind: 'answer-question', questionId, answer: 'so' });
    for (const attempt of Object.values(state.attempts))
      toAttempt(isActive(attempt) ? 'at work' : 'that has ended', attempt.id);
    toAttempt('that is not there', 'nobody');
    for (const task of Object.values(state.tasks))
      toTask(isTaskOver(task) ? 'that is over' : 'to be done', task.id);
    toTask('that is not there', 'nothing');
    for (const question of Object.values(state.questions))
      answer(questionStatus(state, question), question.id);
    answer('that is not there', 'r1-q0');
  }

  #askGate(row: string, state: RunState, gateId: string): void {
    this.#gates.ask(row, 'approve', state, { kind: 'approve', gateId, comment: null });
    this.#gates.ask(row, 'reject', state, { kind: 'reject', gateId, comment: 'not so' });
  }
}

function rowOfTask({ status, waitsFor }: Task): string {
  if (status !== 'in_progress') return status;
  const what = waitsFor?.kind ?? 'place';
  return `in progress, waits for ${what === 'attempt' ? 'an' : 'a'} ${what}`;
}

function rowOfEnd({ status, step }: Task): string {
  if (status === 'pending' || status === 'ready') return 'phases under way';
  if (status === 'blocked') return 'blocked';
  return step === 'choose' ? 'a person is asked' : 'under way';
}
