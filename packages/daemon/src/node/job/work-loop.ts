import type { Answer, Assignment, NodeApi } from '@tina/contract';
import type { JobOutcome } from '@tina/domain';
import { pause, type NodeClock } from '../node-clock.ts';
import type { NodeLog } from '../node-options.ts';
import { JobAbort, type JobAbortReason } from './job-abort.ts';
import { createJobLanes, type JobLanes } from './job-lanes.ts';
import { laneKeys } from './lane-keys.ts';

/** More than a node ever has to do at once; a job that waits for its lane costs nothing but its lease. */
const MAX_HELD_JOBS = 256;
/** When the control plane cannot be reached, it is asked again after this, and after twice that. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export interface WorkLoopOptions {
  readonly api: NodeApi;
  readonly nodeId: string;
  readonly incarnation: number;
  /** How many more agents may be put to work. */
  readonly agentCapacity: () => number;
  /** Attempts whose agents are not at work: another turn needs a place. */
  readonly parkedAttempts: () => readonly string[];
  /** Throws only the signal's reason; null when there is nothing to report. */
  readonly perform: (assignment: Assignment, signal: AbortSignal) => Promise<JobOutcome | null>;
  /** What became of a job: the answer to its report; null when it was not reported. */
  readonly onDone: (assignment: Assignment, outcome: JobOutcome | null, answer: Answer | null) => void;
  /** The jobs in hand have changed. */
  readonly onHeld: () => void;
  readonly clock: NodeClock;
  readonly log: NodeLog;
}

interface HeldJob {
  readonly assignment: Assignment;
  readonly controller: AbortController;
}

/**
 * Claims jobs and does them. It asks for work only when there may be some: when it is woken, and after each job. A job
 * goes from held to done, or is given up when its signal is aborted; in both cases once.
 */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  readonly #lanes: JobLanes = createJobLanes();
  readonly #held = new Set<HeldJob>();
  readonly #stopping = new AbortController();
  #isClaiming = false;
  #isWoken = false;
  readonly #idle = new Set<() => void>();

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  get held(): readonly Assignment[] {
    return [...this.#held].map(({ assignment }) => assignment);
  }

  wake(): void {
    this.#isWoken = true;
    if (this.#isClaiming || this.#stopping.signal.aborted) return;
    void this.#claim();
  }

  /** Gives up the jobs of these ids. */
  abort(jobIds: readonly string[], reason: JobAbortReason): void {
    for (const { assignment, controller } of this.#held) {
      if (jobIds.includes(assignment.job.jobId)) controller.abort(new JobAbort(reason));
    }
  }

  /** Gives up everything and resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort(new JobAbort('stopping'));
    for (const { controller } of this.#held) controller.abort(this.#stopping.signal.reason);
    if (this.#held.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle.add(resolve);
    });
  }

  async #claim(): Promise<void> {
    const { api, nodeId, incarnation, agentCapacity, parkedAttempts, clock, log } = this.#options;
    let retryMs = FIRST_RETRY_MS;
    this.#isClaiming = true;
    while (this.#isWoken && !this.#stopping.signal.aborted) {
      this.#isWoken = false;
      try {
        const limit = MAX_HELD_JOBS - this.#held.size;
        if (limit <= 0) break;
        const room = { agentCapacity: agentCapacity(), parkedAttempts: parkedAttempts() };
        const claimed = await api.claim({ nodeId, incarnation, limit, ...room });
        for (const assignment of agentsFirst(claimed)) this.#take(assignment);
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        log('error', 'Jobs could not be claimed.', { error });
        await pause(clock, retryMs, this.#stopping.signal).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
        this.#isWoken = true;
      }
    }
    // With nothing awaited since the last look: who wakes it from now on finds it asleep.
    this.#isClaiming = false;
  }

  #take(assignment: Assignment): void {
    const { job } = assignment;
    // The same job again, with a higher epoch: its lease was lost before anybody noticed.
    this.abort([job.jobId], 'lease_lost');
    if (job.kind === 'settle-attempt') this.#abortOfAttempt(job.attemptId);
    const held = { assignment, controller: new AbortController() };
    this.#held.add(held);
    this.#options.onHeld();
    void this.#do(held);
  }

  /** What still starts, continues or examines an attempt that has ended would only stand in the way. */
  #abortOfAttempt(attemptId: string): void {
    for (const { assignment, controller } of this.#held) {
      const { job } = assignment;
      if ('attemptId' in job && job.attemptId === attemptId) controller.abort(new JobAbort('attempt_over'));
    }
  }

  async #do(held: HeldJob): Promise<void> {
    const { assignment, controller } = held;
    const { onDone, onHeld, log } = this.#options;
    let outcome: JobOutcome | null = null;
    let answer: Answer | null = null;
    try {
      outcome = await this.#outcomeOf(assignment, controller.signal);
      if (outcome !== null) answer = await this.#report(assignment, outcome, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted)
        log('error', 'A job was dropped.', { jobId: assignment.job.jobId, error });
    } finally {
      this.#held.delete(held);
      onDone(assignment, outcome, answer);
      onHeld();
      if (this.#held.size === 0) for (const resolve of this.#idle) resolve();
      this.wake();
    }
  }

  async #outcomeOf(assignment: Assignment, signal: AbortSignal): Promise<JobOutcome | null> {
    try {
      return await this.#lanes.run(laneKeys(assignment), async () => {
        signal.throwIfAborted();
        return this.#options.perform(assignment, signal);
      });
    } catch (error) {
      const isOver = error instanceof JobAbort && error.reason === 'attempt_over';
      // The others are not in the queue any more, or are to be done again.
      return isOver ? { kind: 'failed', problem: ATTEMPT_OVER } : null;
    }
  }

  /** Says it until somebody has heard it, or it is nobody's business any more. */
  async #report(
    { job, epoch }: Assignment,
    outcome: JobOutcome,
    signal: AbortSignal,
  ): Promise<Answer | null> {
    const { api, clock, log } = this.#options;
    const isWanted = (): boolean => !signal.aborted || !isGivenAway(signal.reason);
    for (let retryMs = FIRST_RETRY_MS; isWanted(); retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
      try {
        const answer = await api.completeJob({ job, epoch, outcome });
        if (!answer.ok)
          log('info', `A job's outcome changed nothing: ${answer.message}`, { jobId: job.jobId });
        return answer;
      } catch (error) {
        log('error', 'The outcome of a job could not be reported.', { jobId: job.jobId, error });
        await pause(clock, retryMs, this.#stopping.signal);
      }
    }
    return null;
  }
}

/** What starts an agent is waited for; what can be done while the agent comes up is not. */
function agentsFirst(assignments: readonly Assignment[]): readonly Assignment[] {
  const order = ({ job }: Assignment): number => (job.kind === 'start-agent' ? 0 : 1);
  return assignments.toSorted((a, b) => order(a) - order(b));
}

function isGivenAway(reason: unknown): boolean {
  return reason instanceof JobAbort && (reason.reason === 'withdrawn' || reason.reason === 'lease_lost');
}

const ATTEMPT_OVER = {
  code: 'attempt_over',
  message: 'Its attempt had ended.',
  output: null,
  next: [],
} as const;
