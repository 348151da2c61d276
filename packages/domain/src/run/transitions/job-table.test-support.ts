import type { Job, JobKind, JobOutcome } from '../job.ts';
import { awaitedJobs } from '../invariant/check-waits.ts';
import { outcomeOf } from '../model/real-outcome.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import type { RunState } from '../state.ts';
import { TableBuilder } from './table.test-support.ts';

const KINDS: readonly JobKind[] = [
  'start-agent',
  'continue-agent',
  'collect-evidence',
  'settle-attempt',
  'run-checks',
  'create-branch',
  'merge',
  'integrate-base',
  'land',
  'open-pull-request',
  'discard-branch',
  'remove-slots',
];

const AWAITED_DONE = 'awaited, done';
const AWAITED_FAILED = 'awaited, failed';
const NOT_AWAITED = 'not awaited';
const STRANGE = 'with the outcome of another kind';
const COLUMNS = [AWAITED_DONE, AWAITED_FAILED, NOT_AWAITED, STRANGE];

/** In so many states after it was done, a job says once more what came of it. */
const LATE_WORDS = 3;

const COMMIT = 'c'.repeat(40);

/** Each result that a kind of job may have. */
const RESULTS: Readonly<Partial<Record<JobKind, readonly string[]>>> = {
  'collect-evidence': ['done', 'missing'],
  merge: ['done', 'conflict', 'outside'],
  'integrate-base': ['done', 'conflict'],
  land: ['done', 'moved', 'dirty'],
};

/** What a node may say of a job: `complete-job`. */
export class JobTable {
  readonly #table = new TableBuilder('A job (`complete-job`)', KINDS, COLUMNS);
  /** Every job that was ever asked for. */
  readonly #jobs = new Map<string, Job>();
  /** In how many states a job that is not awaited was asked about. */
  readonly #asked = new Map<string, number>();

  get tables(): readonly TableBuilder[] {
    return [this.#table];
  }

  /** Another run begins. */
  forget(): void {
    this.#jobs.clear();
    this.#asked.clear();
  }

  /** A job was asked for. */
  add(job: Job): void {
    this.#jobs.set(job.jobId, job);
  }

  observe(state: RunState): void {
    const awaited = awaitedJobs(state);
    for (const [id, job] of this.#jobs) {
      const strange: JobOutcome =
        job.kind === 'create-branch' ? { kind: 'remove-slots' } : { kind: 'create-branch' };
      const done = (RESULTS[job.kind] ?? ['done']).map((how) => outcomeOf(job, how, () => COMMIT));
      const failed = ['disk_full', 'host_lost', 'setup_failed'].map(failedJob);
      const isAwaited =
        awaited.has(id) || (job.kind === 'remove-slots' && state.slotsRemoval === 'requested');
      const count = this.#asked.get(id) ?? 0;
      if (isAwaited) {
        this.#ask(AWAITED_DONE, state, job, done);
        this.#ask(AWAITED_FAILED, state, job, failed);
      } else if (count < LATE_WORDS) {
        this.#asked.set(id, count + 1);
        this.#ask(NOT_AWAITED, state, job, [...done, ...failed]);
        this.#ask(STRANGE, state, job, [strange]);
      }
    }
  }

  #ask(column: string, state: RunState, job: Job, outcomes: readonly JobOutcome[]): void {
    for (const outcome of outcomes)
      this.#table.ask(job.kind, column, state, { kind: 'complete-job', job, outcome });
  }
}
