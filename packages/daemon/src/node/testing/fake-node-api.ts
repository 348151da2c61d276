import type { Answer, Assignment, HeldAttempt, InboxMessage, NodeApi } from '@tina/contract';
import type { JobOutcome } from '@tina/domain';
import { vi } from 'vitest';

type Completed = Parameters<NodeApi['completeJob']>[0];
type EndedTurn = Parameters<NodeApi['endTurn']>[0];
type Owner = NonNullable<Awaited<ReturnType<NodeApi['authenticate']>>>;

const OK: Answer = { ok: true };

/** A control plane that hands out the jobs a test gives it, and remembers what it is told. */
export class FakeNodeApi implements NodeApi {
  attempts: HeldAttempt[] = [];
  readonly begun: string[] = [];
  readonly completed: Completed[] = [];
  readonly turns: EndedTurn[] = [];
  readonly warnings: string[] = [];
  readonly losses: { readonly attemptId: string; readonly epoch: number; readonly reason: string }[] = [];
  readonly renewals: Parameters<NodeApi['renew']>[0][] = [];
  readonly claims: Parameters<NodeApi['claim']>[0][] = [];
  readonly owners = new Map<string, Owner>();
  /** When each thing was heard, by its name. */
  readonly times = new Map<string, number>();
  /** What the next renewal says is lost. */
  lost: { lostJobs: string[]; lostAttempts: string[] } = { lostJobs: [], lostAttempts: [] };
  answerBegin: () => Answer = () => OK;
  answerComplete: (completed: Completed) => Answer = () => OK;
  answerTurn: () => Answer = () => OK;
  /** Thrown by the next calls, one each. */
  readonly failures: Error[] = [];
  /** What waits for agents, by attempt. */
  readonly inboxes = new Map<string, InboxMessage[]>();
  /** Thrown by the next looks into an inbox, one each. */
  readonly inboxFailures: Error[] = [];
  readonly delivered: Parameters<NodeApi['deliverMessage']>[0][] = [];
  readonly #queue: Assignment[] = [];
  readonly #listeners = new Set<(withdrawn: readonly string[]) => void>();
  #incarnation = 0;

  enqueue(...assignments: readonly Assignment[]): void {
    this.#queue.push(...assignments);
    this.#notify([]);
  }

  withdraw(...jobIds: readonly string[]): void {
    this.#notify(jobIds);
  }

  get queued(): number {
    return this.#queue.length;
  }

  outcomeOf(jobId: string): Promise<JobOutcome> {
    return vi.waitFor(
      () => {
        const found = this.completed.findLast(({ job }) => job.jobId === jobId);
        if (found === undefined) throw new Error(`${jobId} is not done`);
        return found.outcome;
      },
      { timeout: 8_000, interval: 2 },
    );
  }

  turn(attemptId: string, turn: number): Promise<EndedTurn['outcome']> {
    return vi.waitFor(
      () => {
        const found = this.turns.find((ended) => ended.attemptId === attemptId && ended.turn === turn);
        if (found === undefined) throw new Error(`turn ${turn} of ${attemptId} is not over`);
        return found.outcome;
      },
      { timeout: 8_000, interval: 2 },
    );
  }

  loss(attemptId: string): Promise<string> {
    return vi.waitFor(
      () => {
        const found = this.losses.find((lost) => lost.attemptId === attemptId);
        if (found === undefined) throw new Error(`${attemptId} is not lost`);
        return found.reason;
      },
      { timeout: 12_000, interval: 2 },
    );
  }

  readonly register: NodeApi['register'] = async () => {
    this.#incarnation += 1;
    return this.#answer('register', { incarnation: this.#incarnation, attempts: this.attempts });
  };

  readonly claim: NodeApi['claim'] = async (claim) => {
    this.claims.push(claim);
    await this.#answer('claim', null);
    const taken: Assignment[] = [];
    let agents = claim.agentCapacity;
    for (const assignment of this.#queue.slice()) {
      if (taken.length === claim.limit) break;
      const { job } = assignment;
      const isWaking = job.kind === 'continue-agent' && claim.parkedAttempts.includes(job.attemptId);
      if ((job.kind === 'start-agent' || isWaking) && --agents < 0) continue;
      this.#queue.splice(this.#queue.indexOf(assignment), 1);
      taken.push(assignment);
    }
    return taken;
  };

  readonly onWork: NodeApi['onWork'] = (listener) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly beginAttempt: NodeApi['beginAttempt'] = async ({ attemptId }) => {
    this.begun.push(attemptId);
    return this.#answer(`begin ${attemptId}`, this.answerBegin());
  };

  readonly completeJob: NodeApi['completeJob'] = async (completed) => {
    await this.#answer(`complete ${completed.job.jobId}`, null);
    this.completed.push(completed);
    return this.answerComplete(completed);
  };

  readonly endTurn: NodeApi['endTurn'] = async (ended) => {
    await this.#answer(`turn ${ended.attemptId} ${ended.turn}`, null);
    this.turns.push(ended);
    return this.answerTurn();
  };

  readonly warn: NodeApi['warn'] = async ({ message }) => {
    this.warnings.push(message);
    return this.#answer('warn', OK);
  };

  readonly loseAttempt: NodeApi['loseAttempt'] = async (lost) => {
    await this.#answer(`lose ${lost.attemptId}`, null);
    this.losses.push(lost);
    return OK;
  };

  /** Nothing comes by itself: a test says when. */
  readonly onMessages: NodeApi['onMessages'] = () => () => undefined;

  readonly inbox: NodeApi['inbox'] = async ({ attemptId }) => {
    await Promise.resolve();
    const failure = this.inboxFailures.shift();
    if (failure !== undefined) throw failure;
    return this.inboxes.get(attemptId)?.slice() ?? [];
  };

  readonly deliverMessage: NodeApi['deliverMessage'] = async (delivered) => {
    this.delivered.push(delivered);
    const left = this.inboxes.get(delivered.attemptId)?.filter(({ id }) => id !== delivered.messageId);
    this.inboxes.set(delivered.attemptId, left ?? []);
    return this.#answer('deliver', OK);
  };

  readonly report: NodeApi['report'] = async () => this.#answer('report', OK);

  readonly renew: NodeApi['renew'] = async (renewal) => {
    this.renewals.push(renewal);
    const { lost } = this;
    this.lost = { lostJobs: [], lostAttempts: [] };
    return this.#answer('renew', lost);
  };

  readonly authenticate: NodeApi['authenticate'] = async (token) =>
    this.#answer('authenticate', this.owners.get(token) ?? null);

  #notify(withdrawn: readonly string[]): void {
    for (const listener of this.#listeners) listener(withdrawn);
  }

  /** After a turn of the event loop, as a store would. */
  async #answer<T>(name: string, answer: T): Promise<T> {
    await Promise.resolve();
    if (!this.times.has(name)) this.times.set(name, performance.now());
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return answer;
  }
}
