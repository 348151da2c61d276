import { newFailures } from '../../check/compare-checks.ts';
import { isWritingRole } from '../../policy/role.ts';
import type { RecordedEvent, RunEventPayloads } from '../event.ts';
import { evolve, initialState } from '../evolve/evolve.ts';
import type { Evidence } from '../job.ts';
import type { RunState } from '../state.ts';
import { checkEvent } from './check-event.ts';
import { checkState } from './check-state.ts';
import type { Violation } from './violation.ts';

/** A violation in a history. */
export interface HistoryViolation extends Violation {
  /** The number of the event at which, or after which, it is seen first. */
  readonly event: number;
}

/**
 * Folds a run's events one after the other and notes what must never be so. Each event is looked at when it comes; the
 * state whenever a commit is done: all events of a commit have one time, so that another time begins another commit.
 */
export class HistoryCheck {
  #state: RunState | null;
  #at: number | null = null;
  /** The state that was looked at last. */
  #looked: RunState | null = null;
  readonly #evidence = new Map<string, Evidence>();
  readonly #jobIds = new Set<string>();
  readonly #violations = new Map<string, HistoryViolation>();

  /** From the first event on; or from a state, of which the events that led to it are not looked at. */
  constructor(begin: RunState | null = null) {
    this.#state = begin;
  }

  /** What the events fold to so far; null before the first. */
  get state(): RunState | null {
    return this.#state;
  }

  /**
   * The next event.
   * @throws Error when it does not follow; then nothing of it was taken
   */
  take(event: RecordedEvent): void {
    const before = this.#state;
    const after = before === null ? initialState(event) : evolve(before, event);
    if (before !== null) {
      if (this.#at !== null && this.#at !== event.at) this.#look(before);
      this.#note(event.number, checkEvent(before, event));
      this.#note(event.number, [...this.#checkJob(event), ...this.#checkEvidence(before, event)]);
    }
    this.#at = event.at;
    this.#state = after;
  }

  /** All that was found, in the order of the events; the newest state is looked at as the end of a commit. */
  violations(): readonly HistoryViolation[] {
    if (this.#state !== null) this.#look(this.#state);
    return [...this.#violations.values()];
  }

  /** At each state once: whoever asks after every commit has it looked at then. */
  #look(state: RunState): void {
    if (this.#looked === state) return;
    this.#looked = state;
    this.#note(state.revision, checkState(state));
  }

  /** What lasts is noted once. */
  #note(event: number, found: readonly Violation[]): void {
    for (const violation of found) {
      const key = `${violation.guarantee} ${violation.message}`;
      if (!this.#violations.has(key)) this.#violations.set(key, { ...violation, event });
    }
  }

  /** A job is asked for once. */
  #checkJob({ type, data }: RecordedEvent): readonly Violation[] {
    if (!('jobId' in data)) return [];
    const { jobId } = data;
    const isNew = !this.#jobIds.has(jobId);
    this.#jobIds.add(jobId);
    return isNew
      ? []
      : [{ guarantee: 'G04', subject: jobId, message: `${type} asks for job ${jobId} again.` }];
  }

  /** Work is accepted on what Tina found herself, of its last turn (G16). */
  #checkEvidence({ attempts, baseline }: RunState, event: RecordedEvent): readonly Violation[] {
    if (event.type === 'evidence.requested') this.#evidence.delete(event.data.attemptId);
    if (event.type === 'evidence.collected') this.#evidence.set(event.data.attemptId, event.data.evidence);
    if (event.type !== 'attempt.succeeded') return [];
    const { attemptId } = event.data;
    const attempt = attempts[attemptId];
    if (!attempt || !isWritingRole(attempt.role)) return [];
    const lacks = lackOf(this.#evidence.get(attemptId), baseline, event.data);
    if (lacks === null) return [];
    return [{ guarantee: 'G16', subject: attemptId, message: `Attempt ${attemptId} was accepted ${lacks}.` }];
  }
}

function lackOf(
  evidence: Evidence | undefined,
  baseline: RunState['baseline'],
  { endCommit }: RunEventPayloads['attempt.succeeded'],
): string | null {
  if (!evidence) return 'without evidence';
  if (evidence.headCommit !== endCommit) return 'with another commit than the one that was looked at';
  if (evidence.commits.length === 0) return 'without a commit';
  if (!evidence.onBranch || !evidence.containsRequired) return 'although it is not on its branch';
  if (evidence.dirtyFiles.length > 0) return 'although its tree is not clean';
  if (newFailures(baseline, evidence.checks).length > 0) return 'although its checks do not pass';
  return null;
}
