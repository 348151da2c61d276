import { FINALIZE_TASK_NAME } from '../../naming/names.ts';
import { taskNamed } from '../lookup.ts';
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

const TASK = ['retry', 'skip', 'its timer'];

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
      ...['plan', 'review', 'finalize'].map((kind) => `${kind}, open`),
      'approved',
      'rejected',
      'withdrawn',
      OVER,
      'that is not there',
    ],
    ['approve', 'reject'],
  );

  get tables(): readonly TableBuilder[] {
    return [this.#runs, this.#tasks, this.#end, this.#gates];
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
  }

  #askTask(row: string, state: RunState, taskId: string): void {
    this.#tasks.ask(row, 'retry', state, { kind: 'retry', taskId });
    this.#tasks.ask(row, 'skip', state, { kind: 'skip', taskId, reason: 'not needed' });
    this.#tasks.ask(row, 'its timer', state, { kind: 'fire-task-timer', taskId });
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
