import { timingSafeEqual } from 'node:crypto';
import type { HostHello, HostOrder, InboxMessage } from '@tina/contract';
import type { ProcessIdentity } from '../../process/index.ts';
import type { NodeClock } from '../node-clock.ts';
import type { NodeProcesses } from '../platform/node-platform.ts';
import { HostGoneError, HostRefusedError } from './host-errors.ts';
import type { HostChannel, HostConnection } from './host-channel.ts';
import { ToldMessages } from './told-messages.ts';

/** A host reconnects every 200 ms; one that was killed shows as ended a moment after its connection does. */
const RECONNECT_GRACE_MS = 50;
/** How often a host is looked at that lives and does not come back. Its lease decides; this only finds a death sooner. */
const DISCONNECTED_LOOK_MS = 1_000;
/** Hosts send something every few seconds. One that is stopped does not, and must lose its lease. */
const SILENCE_LIMIT_MS = 10_000;

interface Host {
  readonly hello: HostHello;
  readonly identity: ProcessIdentity;
  readonly token: Buffer;
}

/** What is left to end when an attempt is over. */
export interface ReleasedHost {
  readonly channel: HostChannel | null;
  readonly processGroups: readonly ProcessIdentity[];
  /** Whether its last turn is over and no other one was ordered. */
  readonly isAgentResting: boolean;
}

/**
 * One attempt of this node and the host that drives its agent.
 *
 * - `awaited`: its start-agent job is queued or under way. A host that says hello may not begin yet; it learns how to start
 *   a daemon, which nobody learns later: from then on an agent may be there, with a token like its host's. Left by `accept`,
 *   when the control plane has taken the job's outcome, and by `release`.
 * - `running`: the control plane counts on it. A host that says hello (again) goes on. Left by `release`.
 * - `over`: lost, settled, or never wanted. Whatever comes of it is refused, and it stays so.
 */
export class HostedAttempt {
  readonly attemptId: string;
  readonly epoch: number;
  /** Whether the agent waits for a limit to end: then it does not count as at work (G15). */
  isParked: boolean;
  #stage: 'awaited' | 'running' | 'over';
  #host: Host | null = null;
  #channel: HostChannel | null = null;
  #lastSignAt = 0;
  #hasEnded = false;
  /** The newest turn that the host is known to have begun. */
  #turn = 0;
  /** The newest turn that the host was told to begin. */
  #orderedTurn = 0;
  /** The turn that a parked attempt was to be given by an earlier daemon, which may have done so. */
  #wakingTurn: number | null = null;
  /** The newest turn whose end the control plane has taken. */
  #endedTurn = 0;
  readonly #agentGroups = new Map<number, ProcessIdentity>();
  readonly #handledFrames = new Set<number>();
  readonly #toldMessages = new ToldMessages();
  readonly #listeners = new Set<() => void>();
  #frames: Promise<unknown> = Promise.resolve();
  readonly #clock: NodeClock;
  readonly #processes: NodeProcesses;
  readonly #daemonEnvironment: Readonly<Record<string, string>> | null;
  readonly #onGone: (attempt: HostedAttempt) => void;

  constructor(parameters: {
    readonly attemptId: string;
    readonly epoch: number;
    readonly stage: 'awaited' | 'running';
    readonly isParked: boolean;
    readonly clock: NodeClock;
    readonly processes: NodeProcesses;
    readonly daemonEnvironment: Readonly<Record<string, string>> | null;
    /** Called once when a running attempt's host has ended by itself. */
    readonly onGone: (attempt: HostedAttempt) => void;
  }) {
    this.attemptId = parameters.attemptId;
    this.epoch = parameters.epoch;
    this.isParked = parameters.isParked;
    this.#stage = parameters.stage;
    this.#clock = parameters.clock;
    this.#processes = parameters.processes;
    this.#daemonEnvironment = parameters.daemonEnvironment;
    this.#onGone = parameters.onGone;
  }

  get stage(): 'awaited' | 'running' | 'over' {
    return this.#stage;
  }

  /** Whether a host ever said hello to this daemon. */
  get hasConnected(): boolean {
    return this.#host !== null;
  }

  /**
   * Whether its lease is to be extended: its host is connected and has been heard of lately, or has ended after its turn
   * had, when nothing is awaited of it any more.
   */
  get isHeard(): boolean {
    if (this.#channel === null) return this.#hasEnded && this.needsNoHost;
    return this.#clock.now() - this.#lastSignAt <= SILENCE_LIMIT_MS;
  }

  /**
   * Whether the control plane has taken the end of its newest turn: what comes then, evidence and settling, is the daemon's
   * work, and only another turn needs a host. A parked attempt waits for one.
   */
  get needsNoHost(): boolean {
    return !this.isParked && this.#endedTurn > 0 && this.#endedTurn >= this.#turn;
  }

  /** Whether it is at work shows when its host says in which turn it is. */
  wakesWith(turn: number): void {
    this.#wakingTurn = turn;
  }

  /** Takes the host's connection; the same host's earlier one ends. Throws `HostRefusedError` for another host. */
  connect(hello: HostHello, identity: ProcessIdentity, channel: HostChannel): HostConnection {
    if (this.#stage === 'over') throw new HostRefusedError('its attempt is over');
    if (this.#host !== null && this.#host.identity.pid !== identity.pid) {
      throw new HostRefusedError('the attempt has another host');
    }
    this.#channel?.end();
    this.#host = { hello, identity, token: Buffer.from(hello.token) };
    this.#channel = channel;
    this.#toldMessages.clear();
    this.#turn = Math.max(this.#turn, hello.turn);
    if (this.#wakingTurn !== null && hello.turn >= this.#wakingTurn) this.#wake();
    this.heardOf();
    if (this.#stage === 'running') this.#send({ kind: 'accepted' });
    else this.#tellEnvironment();
    this.#changed();
    return { closed: () => this.#onClosed(channel) };
  }

  heardOf(): void {
    this.#lastSignAt = this.#clock.now();
  }

  /** Whether this is the secret with which the present host said hello. */
  hasToken(token: string): boolean {
    const given = Buffer.from(token);
    const known = this.#host?.token;
    return known !== undefined && known.length === given.length && timingSafeEqual(known, given);
  }

  /** The host's hello, once it is there. Throws `HostGoneError`, and the signal's reason. */
  hello(signal: AbortSignal): Promise<HostHello> {
    return this.#until(() => (this.#channel === null ? null : (this.#host?.hello ?? null)), signal);
  }

  /** The control plane has taken the start for done: the host may begin its first turn. */
  accept(): void {
    if (this.#stage !== 'awaited') return;
    this.#stage = 'running';
    this.#send({ kind: 'accepted' });
    if (this.#hasEnded) this.#onGone(this);
  }

  /** Tells the host what its agent has still to get, and what it has got by another way meanwhile. */
  tellMessages(inbox: readonly InboxMessage[]): void {
    for (const order of this.#toldMessages.ordersFor(inbox)) this.#send(order);
  }

  /** Gives the host a turn and waits until it has begun. Throws `HostGoneError`, and the signal's reason. */
  async beginTurn(order: Extract<HostOrder, { kind: 'begin-turn' }>, signal: AbortSignal): Promise<void> {
    let told: HostChannel | null = null;
    await this.#until(() => {
      if (this.#turn >= order.turn) return true;
      // Said once to each connection: a host that came back may not have heard it.
      if (this.#channel !== null && this.#channel !== told) {
        told = this.#channel;
        this.#orderedTurn = Math.max(this.#orderedTurn, order.turn);
        told.send(order);
      }
      return null;
    }, signal);
    this.#wake();
  }

  #wake(): void {
    this.isParked = false;
    this.#wakingTurn = null;
  }

  turnBegan(turn: number, agent: ProcessIdentity | null): void {
    this.#turn = Math.max(this.#turn, turn);
    if (agent !== null) this.#agentGroups.set(agent.pid, agent);
    this.#changed();
  }

  /** The control plane has taken the turn for ended. */
  turnEnded(turn: number): void {
    this.#endedTurn = Math.max(this.#endedTurn, turn);
  }

  /** Its host is known to have ended, and nobody need look for it: another turn is refused from now on. */
  hostEnded(): void {
    this.#hasEnded = true;
    this.#changed();
  }

  /** Does the frame's work after that of the frames before it, and only once for each number. */
  async takeFrame(sequence: number, work: () => Promise<void>): Promise<void> {
    await this.inOrder(async () => {
      if (this.#handledFrames.has(sequence)) return;
      await work();
      this.#handledFrames.add(sequence);
    });
  }

  /** Does something once every frame that has come is dealt with. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#frames.then(work);
    this.#frames = result.catch(() => undefined);
    return result;
  }

  /** Ends every dealing with the attempt's host; answers with what is left to end. */
  release(): ReleasedHost {
    this.#stage = 'over';
    const agent = [...this.#agentGroups.values()];
    const processGroups = this.#host === null ? agent : [this.#host.identity, ...agent];
    const isAgentResting = this.#endedTurn > 0 && this.#endedTurn >= Math.max(this.#turn, this.#orderedTurn);
    this.#changed();
    return { channel: this.#channel, processGroups, isAgentResting };
  }

  #tellEnvironment(): void {
    const environment = this.#daemonEnvironment;
    if (environment !== null) this.#send({ kind: 'daemon-environment', environment });
  }

  #send(order: HostOrder): void {
    this.#channel?.send(order);
  }

  #onClosed(channel: HostChannel): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    this.#lookAgainIn(RECONNECT_GRACE_MS);
  }

  #lookAgainIn(delayMs: number): void {
    this.#clock.after(delayMs, () => {
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    if (this.#isSettled || this.#host === null) return;
    const lives = await this.#processes.isAlive(this.#host.identity).catch(() => true);
    if (this.#isSettled) return;
    if (lives) return this.#lookAgainIn(DISCONNECTED_LOOK_MS);
    this.#hasEnded = true;
    this.#changed();
    if (this.#stage === 'running') this.#onGone(this);
  }

  get #isSettled(): boolean {
    return this.#channel !== null || this.#stage === 'over' || this.#hasEnded;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Looks now and after every change, until there is an answer. */
  #until<T>(look: () => T | null, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#listeners.delete(check);
        signal.removeEventListener('abort', check);
      };
      const check = (): void => {
        const problem = this.#problem(signal);
        const found = problem === null ? look() : null;
        if (problem === null && found === null) return;
        stop();
        if (found !== null) resolve(found);
        else reject(problem);
      };
      this.#listeners.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }

  #problem(signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    if (this.#stage === 'over') return new HostGoneError(`Attempt ${this.attemptId} is over.`);
    return this.#hasEnded
      ? new HostGoneError(`The agent host of attempt ${this.attemptId} has ended.`)
      : null;
  }
}
