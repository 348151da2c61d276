import type { HostHello, NodeApi } from '@tina/contract';
import { attemptFiles } from '../attempt/attempt-files.ts';
import type { NodeClock } from '../node-clock.ts';
import type { NodeLog } from '../node-options.ts';
import type { NodeFiles, NodeProcesses } from '../platform/node-platform.ts';
import { takeFrame } from '../turn/take-frame.ts';
import { handMessages } from './hand-messages.ts';
import type { HostChannel, HostConnection, HostFrameInput } from './host-channel.ts';
import { HostRefusedError, ShuttingDownError } from './host-errors.ts';
import { HostedAttempt, type ReleasedHost } from './hosted-attempt.ts';

export interface HostRegistryOptions {
  readonly api: NodeApi;
  readonly attemptsDir: string;
  readonly files: NodeFiles;
  readonly processes: NodeProcesses;
  readonly clock: NodeClock;
  readonly log: NodeLog;
  /** See `daemonEnvironment`; left out: as null. */
  readonly daemonEnvironment?: Readonly<Record<string, string>> | null;
  /** A running attempt's host has ended by itself. */
  readonly onGone: (attempt: HostedAttempt) => void;
  /** An agent was parked, so that another may start. */
  readonly onParked: () => void;
}

/** The attempts of this node, and the hosts that report in for them. */
export class HostRegistry {
  readonly #options: HostRegistryOptions;
  readonly #attempts = new Map<string, HostedAttempt>();
  readonly #opened = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(options: HostRegistryOptions) {
    this.#options = options;
  }

  /** From now on it is known which attempts are held; hosts that came earlier have waited. */
  open(): void {
    this.#opened.resolve();
  }

  get all(): readonly HostedAttempt[] {
    return [...this.#attempts.values()];
  }

  get(attemptId: string): HostedAttempt | null {
    return this.#attempts.get(attemptId) ?? null;
  }

  /** Begins to expect the attempt's host, or goes on doing so. */
  expect(attempt: {
    readonly attemptId: string;
    readonly epoch: number;
    readonly stage: 'awaited' | 'running';
    readonly isParked: boolean;
  }): HostedAttempt {
    const known = this.#attempts.get(attempt.attemptId);
    if (known?.epoch === attempt.epoch && known.stage !== 'over') return known;
    const { clock, processes, daemonEnvironment = null, onGone } = this.#options;
    const expected = new HostedAttempt({ ...attempt, clock, processes, daemonEnvironment, onGone });
    this.#attempts.set(attempt.attemptId, expected);
    return expected;
  }

  /** Ends every dealing with the attempt's hosts; null when nothing is known of one. */
  release(attemptId: string): ReleasedHost | null {
    const attempt = this.#attempts.get(attemptId);
    this.#attempts.delete(attemptId);
    return attempt?.release() ?? null;
  }

  /** Lets everything go without a word: hosts and agents live on, and wait for the next daemon. */
  close(): void {
    this.#isClosed = true;
    this.open();
    for (const attempt of this.#attempts.values()) attempt.release();
    this.#attempts.clear();
  }

  /** Throws `HostRefusedError` and `ShuttingDownError`. A host that is let in is told `accepted`, at once or when its start is recorded. */
  async connect(hello: HostHello, channel: HostChannel): Promise<HostConnection> {
    await this.#opened.promise;
    const { api, attemptsDir, files, processes, log } = this.#options;
    try {
      const owner = await api.authenticate(hello.token);
      if (owner === null || owner.attemptId !== hello.attemptId || owner.epoch !== hello.epoch) {
        throw new HostRefusedError('its token is not one of this attempt');
      }
      // Not before: until then the id is whatever somebody says, and it is a part of the path.
      const identity = await files.readHostIdentity(attemptFiles(attemptsDir, hello.attemptId));
      if (identity?.pid !== hello.hostPid || !(await processes.isAlive(identity))) {
        throw new HostRefusedError('it is not the process that host.json names');
      }
      const attempt = this.#held(hello.attemptId, hello.epoch);
      const connection = attempt.connect(hello, identity, channel);
      void this.hand(attempt);
      return connection;
    } catch (error) {
      if (error instanceof HostRefusedError) {
        log('warn', error.message, {
          attemptId: hello.attemptId,
          epoch: hello.epoch,
          hostPid: hello.hostPid,
        });
      }
      throw error;
    }
  }

  /** Resolves when the frame is dealt with for good. Throws `HostRefusedError` and `ShuttingDownError`. */
  async frame(input: HostFrameInput, token: string): Promise<void> {
    const attempt = this.#held(input.attemptId, input.epoch);
    if (!attempt.hasToken(token)) throw new HostRefusedError('it has not said hello with this token');
    attempt.heardOf();
    if (input.frame.kind === 'heartbeat') return;
    const wasParked = attempt.isParked;
    await takeFrame(attempt, input, this.#options);
    if (attempt.isParked && !wasParked) this.#options.onParked();
  }

  /** Messages of the attempt have come, or were taken by its agent. */
  handTo(attemptId: string): void {
    const attempt = this.#attempts.get(attemptId);
    if (attempt) void this.hand(attempt);
  }

  /** Tells the attempt's host what its agent has still to get, when it has a host. Never rejects. */
  async hand(attempt: HostedAttempt): Promise<void> {
    const { api, log } = this.#options;
    try {
      await handMessages(attempt, api);
    } catch (error) {
      // They stay where they are: the next connection, turn or message tries again.
      log('warn', 'Messages could not be handed to an agent host.', { attemptId: attempt.attemptId, error });
    }
  }

  #held(attemptId: string, epoch: number): HostedAttempt {
    if (this.#isClosed) throw new ShuttingDownError();
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.epoch !== epoch || attempt.stage === 'over') {
      throw new HostRefusedError(`attempt ${attemptId} with epoch ${epoch} is not held here`);
    }
    return attempt;
  }
}
