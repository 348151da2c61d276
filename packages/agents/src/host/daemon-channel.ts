import type { ErrorData, HostFrame, HostHello, HostOrder, Launch } from '@tina/contract';
import { DaemonLink, type CallAnswer } from './daemon-link.ts';
import type { DaemonStarter } from './daemon-starter.ts';
import { hasHostFile } from './host-file.ts';
import { Outbox } from './outbox.ts';
import { Spool, type KeptFrame } from './spool.ts';

/** Often enough that a lease of 15 s survives two lost ones. */
const HEARTBEAT_MS = 3_000;
/** A daemon that restarts is away for less than a second; looking five times a second costs nothing. */
const RETRY_MS = 200;

/** What the host says of itself, besides what its launch says. */
export interface HostState {
  readonly agentVersion: string;
  readonly branch: string;
  readonly turn: number;
  readonly lastProgressAt: number;
}

/** What the host is told about its agent. */
export type AgentOrder = Exclude<HostOrder, { kind: 'daemon-environment' }>;

export interface DaemonChannelOptions {
  readonly launch: Launch;
  readonly heartbeatMs?: number | undefined;
  readonly retryMs?: number | undefined;
  /** Starts a daemon where there is none; null: this host waits for one. */
  readonly starter: DaemonStarter | null;
  state(): HostState;
  onOrder(order: AgentOrder): void;
  onRefused(error: ErrorData): void;
  /** Somebody has removed the attempt's folder while the daemon was away. */
  onFolderGone(): void;
}

/**
 * All that goes between a host and its daemon: hello, orders, heartbeats, and frames that are kept until they are
 * acknowledged.
 */
export class DaemonChannel {
  readonly #options: DaemonChannelOptions;
  readonly #link: DaemonLink;
  readonly #spool: Spool;
  readonly #outbox: Outbox;
  #heartbeat: NodeJS.Timeout | null = null;

  constructor(options: DaemonChannelOptions) {
    const { launch } = options;
    this.#options = options;
    this.#link = new DaemonLink({
      socketPath: launch.socketPath,
      token: launch.token,
      retryMs: options.retryMs ?? RETRY_MS,
      hello: () => this.#hello(),
      shouldRetry: () => this.#shouldRetry(),
      onReached: () => options.starter?.present(),
      onAbsent: () => options.starter?.absent(),
      onOrder: (order) => {
        if (order.kind === 'daemon-environment') return options.starter?.use(order.environment);
        options.onOrder(order);
        if (order.kind === 'accepted') this.#outbox.flushNow();
      },
      onRefused: (error) => options.onRefused(error),
    });
    this.#spool = new Spool(launch.directory);
    this.#outbox = new Outbox({
      spool: this.#spool,
      retryMs: options.retryMs ?? RETRY_MS,
      send: ({ sequence, frame }) => this.#send(sequence, frame),
      isPassing: (error) => DaemonLink.isPassing(error),
      onRefusal: () => this.#link.reconnect(),
    });
  }

  open(): void {
    this.#link.open();
    const { heartbeatMs = HEARTBEAT_MS } = this.#options;
    this.#heartbeat = setInterval(() => void this.#sendHeartbeat(), heartbeatMs);
  }

  /** Reaches the daemon sooner or later, after everything that was told before. */
  tell(frame: KeptFrame): void {
    this.#outbox.push(frame);
  }

  close(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#outbox.close();
    this.#link.close();
    this.#spool.close();
  }

  #hello(): HostHello {
    const { attemptId, epoch, token, worktree, session } = this.#options.launch;
    const { agentVersion, branch, turn } = this.#options.state();
    return {
      attemptId,
      epoch,
      token,
      hostPid: process.pid,
      agentVersion,
      workingDirectory: worktree,
      branch,
      session,
      turn,
    };
  }

  #shouldRetry(): boolean {
    if (hasHostFile(this.#options.launch.directory)) return true;
    this.#options.onFolderGone();
    return false;
  }

  #send(sequence: number, frame: HostFrame): Promise<CallAnswer> {
    const { attemptId, epoch } = this.#options.launch;
    return this.#link.call('host.frame', { attemptId, epoch, sequence, frame });
  }

  /** Renews the lease. A daemon that refuses it is asked by a new hello whether it still wants this host. */
  async #sendHeartbeat(): Promise<void> {
    const { lastProgressAt } = this.#options.state();
    const answer = await this.#send(0, { kind: 'heartbeat', lastProgressAt });
    if (answer.kind === 'refused' && !DaemonLink.isPassing(answer.error)) this.#link.reconnect();
  }
}
