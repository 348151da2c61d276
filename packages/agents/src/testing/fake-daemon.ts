import { createServer, type Server, type Socket } from 'node:net';
import type { ClientLine, ErrorData, HostFrame, HostHello, HostOrder, ServerLine } from '@tina/contract';
import { onTestFinished } from 'vitest';

type Call = Extract<ClientLine, { call: string }>;

export interface ReceivedFrame {
  readonly attemptId: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly frame: HostFrame;
}

/** The daemon's end of the socket, as far as agent hosts see it. Ends with its test. */
export class FakeDaemon {
  readonly hellos: HostHello[] = [];
  /** All frames but heartbeats, also those that came twice. */
  readonly frames: ReceivedFrame[] = [];
  readonly heartbeats: ReceivedFrame[] = [];
  /** What to answer to hello; null: `accepted`. `silent`: nothing. */
  answerHello: (hello: HostHello) => ErrorData | 'silent' | null = () => null;
  /** What to answer to a frame; null: taken. `hang-up`: close the connection instead. */
  answerFrame: (frame: ReceivedFrame) => ErrorData | 'hang-up' | null = () => null;
  readonly #socketPath: string;
  readonly #sockets = new Set<Socket>();
  readonly #hosts = new Map<Socket, number>();
  readonly #waiting = new Map<Socket, number>();
  #server: Server | null = null;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    onTestFinished(() => this.stop());
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve) => {
      server.listen(this.#socketPath, resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  order(order: HostOrder): void {
    for (const [socket, id] of this.#hosts) send(socket, { id, item: order });
  }

  /** Answers the hosts that were answered with silence. */
  accept(): void {
    for (const [socket, id] of this.#waiting) this.#accept(socket, id);
    this.#waiting.clear();
  }

  /** Says to the hosts that were answered with silence how to start a daemon. */
  tellEnvironment(environment: Readonly<Record<string, string>>): void {
    this.tell({ kind: 'daemon-environment', environment });
  }

  /** An order to the hosts that were answered with silence. */
  tell(item: HostOrder): void {
    for (const [socket, id] of this.#waiting) send(socket, { id, item });
  }

  get isConnected(): boolean {
    return this.#hosts.size > 0;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#hosts.delete(socket);
    });
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#answer(socket, JSON.parse(line) as Call);
    });
  }

  #answer(socket: Socket, { id, call, input }: Call): void {
    if (call === 'host.connect') this.#onHello(socket, id, input as HostHello);
    else this.#onFrame(socket, id, input as ReceivedFrame);
  }

  #onHello(socket: Socket, id: number, hello: HostHello): void {
    this.hellos.push(hello);
    const answer = this.answerHello(hello);
    if (answer === 'silent') this.#waiting.set(socket, id);
    else if (answer === null) this.#accept(socket, id);
    else send(socket, { id, error: answer });
  }

  #accept(socket: Socket, id: number): void {
    this.#hosts.set(socket, id);
    send(socket, { id, item: { kind: 'accepted' } });
  }

  #onFrame(socket: Socket, id: number, frame: ReceivedFrame): void {
    (frame.frame.kind === 'heartbeat' ? this.heartbeats : this.frames).push(frame);
    const answer = this.answerFrame(frame);
    if (answer === 'hang-up') socket.destroy();
    else send(socket, answer === null ? { id, result: {} } : { id, error: answer });
  }
}

export function refusal(code: string): ErrorData {
  return { code, message: `refused as ${code}`, place: null, details: [], next: [] };
}

function send(socket: Socket, line: ServerLine): void {
  socket.write(`${JSON.stringify(line)}\n`);
}
