import { connect, type Socket } from 'node:net';
import type { ClientLine, ErrorData, HostHello, HostOrder, ServerLine } from '@tina/contract';
import { LineSplitter } from '../process/line-splitter.ts';
import { BackOff } from './back-off.ts';

/**
 * Errors that will be the same next time: this host is not wanted (any more), or what it said has not the right form.
 * Every other error is the daemon's own trouble and may be over soon.
 */
const FINAL_ERRORS: ReadonlySet<string> = new Set([
  'host_refused',
  'bad_token',
  'bad_input',
  'not_allowed',
  'unknown_call',
]);

/** The socket's file is gone, or it is that of a process that has ended. */
const NOBODY_LISTENS: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED']);

export interface LinkOptions {
  readonly socketPath: string;
  readonly token: string;
  /** How long to wait between two attempts to reach the daemon; longer and longer, up to 5 s, while it turns hosts away. */
  readonly retryMs: number;
  hello(): HostHello;
  /** Asked before each new attempt to connect; false ends the link. */
  shouldRetry(): boolean;
  onOrder(order: HostOrder): void;
  /** A connection was taken, or nobody listens: then the daemon has ended. Neither of one that is there and silent. */
  onReached(): void;
  onAbsent(): void;
  /** The daemon does not want this host (G09, G10). The link is closed. */
  onRefused(error: ErrorData): void;
}

/** What came of a call. `lost`: nobody knows. */
export type CallAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly error: ErrorData }
  | { readonly kind: 'lost' };

/**
 * The host's connection to its daemon, made again for as long as it takes.
 *
 * States: away → (connected) saying hello → (accepted) linked → (closed by either side) away; every connection begins
 * with hello. `refused` and `close()` end it.
 */
export class DaemonLink {
  readonly #options: LinkOptions;
  readonly #calls = new Map<number, (answer: CallAnswer) => void>();
  #socket: Socket | null = null;
  #retry: NodeJS.Timeout | null = null;
  readonly #backOff: BackOff;
  #retryMs: number;
  #isLinked = false;
  #isClosed = false;
  #lastId = 0;
  #helloId = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.retryMs);
    this.#retryMs = options.retryMs;
  }

  /** Whether the daemon has accepted this connection's hello. */
  get isLinked(): boolean {
    return this.#isLinked;
  }

  open(): void {
    if (this.#isClosed) return;
    const socket = connect(this.#options.socketPath);
    this.#socket = socket;
    const lines = new LineSplitter((line) => this.#onLine(line, socket));
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      this.#options.onReached();
      this.#sayHello();
    });
    socket.on('data', (text: string) => lines.push(text));
    // "close" follows.
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== undefined && NOBODY_LISTENS.has(code)) this.#options.onAbsent();
    });
    socket.on('close', () => this.#onClose());
  }

  /** Answers in the order of the calls; `lost` when the connection ends first. */
  call(name: 'host.frame', input: unknown): Promise<CallAnswer> {
    if (!this.#isLinked) return Promise.resolve({ kind: 'lost' });
    return new Promise((resolve) => {
      this.#calls.set(this.#send(name, input), resolve);
    });
  }

  /** Says hello anew: its answer tells whether this host is still wanted. */
  reconnect(): void {
    this.#socket?.destroy();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.destroy();
  }

  static isPassing(error: ErrorData): boolean {
    return !FINAL_ERRORS.has(error.code);
  }

  #sayHello(): void {
    this.#helloId = this.#send('host.connect', this.#options.hello());
  }

  #send(call: string, input: unknown): number {
    this.#lastId += 1;
    const line: ClientLine = { id: this.#lastId, call, input, token: this.#options.token };
    this.#socket?.write(`${JSON.stringify(line)}\n`);
    return this.#lastId;
  }

  #onLine(text: string, socket: Socket): void {
    if (socket !== this.#socket || socket.destroyed) return;
    const line = parseLine(text);
    if (line === null) socket.destroy();
    else if (line.id === this.#helloId) this.#onHelloAnswer(line, socket);
    else this.#onAnswer(line);
  }

  #onHelloAnswer(line: ServerLine, socket: Socket): void {
    if ('item' in line) {
      const order = line.item as HostOrder;
      if (order.kind === 'accepted') {
        this.#isLinked = true;
        this.#backOff.succeeded();
      }
      this.#options.onOrder(order);
    } else if ('error' in line && !DaemonLink.isPassing(line.error)) {
      this.close();
      this.#options.onRefused(line.error);
    } else {
      this.#retryMs = this.#backOff.failed();
      socket.destroy();
    }
  }

  #onAnswer(line: ServerLine): void {
    const resolve = this.#calls.get(line.id);
    this.#calls.delete(line.id);
    resolve?.('error' in line ? { kind: 'refused', error: line.error } : { kind: 'done' });
  }

  #onClose(): void {
    this.#isLinked = false;
    this.#socket = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const resolve of calls) resolve({ kind: 'lost' });
    if (this.#isClosed) return;
    const retryMs = this.#retryMs;
    this.#retryMs = this.#options.retryMs;
    this.#retry = setTimeout(() => {
      if (this.#options.shouldRetry()) this.open();
    }, retryMs);
  }
}

function parseLine(text: string): ServerLine | null {
  try {
    const line = JSON.parse(text) as ServerLine;
    return typeof line.id === 'number' ? line : null;
  } catch {
    return null;
  }
}
