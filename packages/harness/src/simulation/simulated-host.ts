import type { HostFrame, HostOrder, Launch } from '@tina/contract';
import type { HostConnection, HostFrameInput, Node, ProcessIdentity } from '@tina/daemon';
import type { TurnOutcome } from '@tina/domain';
import type { Kernel } from './kernel.ts';
import { Part } from './part.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

/** The daemon that hosts find behind the socket. */
export interface RunningDaemon {
  readonly part: Part;
  readonly node: Node;
}

/** What an agent does in one turn. It may never call back. */
export type PlayTurn = (turn: {
  readonly launch: Launch;
  readonly turn: number;
  readonly agent: Part;
  readonly done: (outcome: TurnOutcome) => void;
}) => void;

const RETRY_MS = 200;
const HEARTBEAT_MS = 3_000;

interface Environment {
  readonly home: string;
  readonly kernel: Kernel;
  readonly machine: SimulatedMachine;
  readonly daemon: () => RunningDaemon | null;
  readonly play: PlayTurn;
}

/**
 * An agent host with its agent, as ARCHITECTURE.md describes them: claims the attempt's folder, says hello until it is
 * answered, keeps what it tells until it is taken, and ends what it started.
 */
export class SimulatedHost {
  readonly #environment: Environment;
  readonly #launch: Launch;
  readonly #part: Part;
  readonly #identity: ProcessIdentity;
  #connectedTo: RunningDaemon | null = null;
  #connection: HostConnection | null = null;
  #agent: Part | null = null;
  #turn = 0;
  #isTurnUnderWay = false;
  #isSending = false;
  #lastSequence = 0;
  readonly #heard = new Set<string>();

  constructor(launch: Launch, environment: Environment) {
    const { home, kernel, machine } = environment;
    const { attemptId, runId } = launch;
    this.#launch = launch;
    this.#environment = environment;
    this.#part = new Part('host', `host of ${attemptId}`, home);
    this.#identity = machine.spawn({ attemptId, runId, part: this.#part, kind: 'host' });
    if (launch.session !== null) machine.sessions.set(launch.session, this.#identity);
    kernel.after(this.#part, 30, 'comes up', () => this.#begin());
    this.#part.onKilled(() => this.#disconnect());
  }

  #begin(): void {
    const folder = this.#environment.machine.folder(this.#launch.attemptId);
    // Another host has the attempt, or had it (G09).
    if (folder.host !== null) return this.#part.kill();
    folder.host = this.#identity;
    this.#sayHello();
    this.#beat();
  }

  #sayHello(): void {
    const daemon = this.#environment.daemon();
    if (daemon === null) return this.#again();
    const { attemptId, epoch, token, worktree, branch, session } = this.#launch;
    const hello = {
      attemptId,
      epoch,
      token,
      branch,
      session,
      workingDirectory: worktree,
      hostPid: this.#identity.pid,
      agentVersion: '1.0.0',
      turn: this.#turn,
    };
    const channel = {
      send: (order: HostOrder) => this.#ordered(daemon, order),
      end: () => this.#disconnected(daemon),
    };
    this.#call(daemon, 'hello', async () => {
      const connection = await daemon.node.connectHost(hello, channel);
      if (this.#part.isAlive && daemon.part.isAlive) this.#connection = connection;
      else connection.closed();
    }).then(
      () => {
        this.#connectedTo = daemon;
        daemon.part.onKilled(() => this.#disconnected(daemon));
      },
      (error: unknown) => {
        if (codeOf(error) === 'host_refused') this.#end();
        else this.#again();
      },
    );
  }

  #again(): void {
    this.#environment.kernel.after(this.#part, RETRY_MS, 'looks for the daemon', () => this.#sayHello());
  }

  #disconnected(daemon: RunningDaemon): void {
    if (this.#connectedTo !== daemon) return;
    this.#disconnect();
    this.#again();
  }

  #disconnect(): void {
    this.#connection?.closed();
    this.#connection = null;
    this.#connectedTo = null;
  }

  /** An order arrives a moment later, unless one of the two has ended until then. */
  #ordered(daemon: RunningDaemon, order: HostOrder): void {
    this.#environment.kernel
      .ask(this.#part, `hears ${order.kind}`, () => undefined)
      .then(() => {
        if (daemon.part.isAlive) this.#obey(order);
      })
      .catch(() => undefined);
  }

  #obey(order: HostOrder): void {
    switch (order.kind) {
      case 'daemon-environment':
        return;
      case 'accepted':
        if (this.#turn === 0) this.#beginTurn(1);
        return this.#sendNext();
      case 'begin-turn':
        if (order.turn === this.#turn + 1 && !this.#isTurnUnderWay) this.#beginTurn(order.turn);
        return;
      case 'message':
        return this.#hear(order.messageId);
      case 'message-read':
        this.#heard.add(order.messageId);
        return;
      case 'end':
        return this.#end();
    }
  }

  /** Each message once, in the turn under way, or at the head of the next. */
  #hear(messageId: string): void {
    if (this.#heard.has(messageId)) return;
    this.#heard.add(messageId);
    const mode = this.#isTurnUnderWay ? 'in-turn' : 'turn-start';
    this.#tell({ kind: 'message-delivered', messageId, turn: this.#turn, mode });
  }

  #end(): void {
    this.#agent?.kill();
    this.#environment.kernel.after(this.#part, 5, 'ends', () => this.#part.kill());
  }

  #beginTurn(turn: number): void {
    const { home, kernel, machine, play } = this.#environment;
    const { attemptId, runId, limits } = this.#launch;
    this.#turn = turn;
    this.#isTurnUnderWay = true;
    const agent = new Part('agent', `agent of ${attemptId}`, home);
    this.#agent = agent;
    const { pid, startTime } = machine.spawn({ attemptId, runId, part: agent, kind: 'agent' });
    this.#tell({ kind: 'agent-started', turn, agentPid: pid, agentStartTime: startTime });
    const endTurn = (outcome: TurnOutcome): void => {
      if (!this.#isTurnUnderWay || this.#turn !== turn || !this.#part.isAlive) return;
      this.#isTurnUnderWay = false;
      callOff();
      this.#agent = null;
      agent.kill();
      this.#tell({ kind: 'turn-ended', turn, outcome });
    };
    const callOff = kernel.after(this.#part, limits.turnMs, 'the turn is too long', () =>
      endTurn(failed('timeout', 'The turn took too long.')),
    );
    agent.onKilled(() => {
      if (this.#part.isAlive) endTurn(failed('crash', 'The agent ended.'));
    });
    play({ launch: this.#launch, turn, agent, done: endTurn });
  }

  #tell(frame: HostFrame): void {
    this.#lastSequence += 1;
    const { spool } = this.#environment.machine.folder(this.#launch.attemptId);
    spool.push({ sequence: this.#lastSequence, frame });
    this.#sendNext();
  }

  /** One after the other, each until it is taken. */
  #sendNext(): void {
    const { spool } = this.#environment.machine.folder(this.#launch.attemptId);
    const [first] = spool;
    const daemon = this.#connectedTo;
    if (first === undefined || daemon === null || this.#isSending) return;
    this.#isSending = true;
    this.#send(daemon, first.sequence, first.frame as HostFrameInput['frame']).then(
      () => {
        this.#isSending = false;
        if (spool[0] === first) spool.shift();
        this.#sendNext();
      },
      () => {
        this.#isSending = false;
        this.#environment.kernel.after(this.#part, RETRY_MS, 'sends again', () => this.#sendNext());
      },
    );
  }

  #beat(): void {
    const { kernel } = this.#environment;
    kernel.after(this.#part, HEARTBEAT_MS, 'heartbeat is due', () => {
      const daemon = this.#connectedTo;
      if (daemon !== null) {
        const frame = { kind: 'heartbeat', lastProgressAt: kernel.now } as const;
        this.#send(daemon, 0, frame).catch(() => undefined);
      }
      this.#beat();
    });
  }

  async #send(daemon: RunningDaemon, sequence: number, frame: HostFrameInput['frame']): Promise<void> {
    const { attemptId, epoch, token } = this.#launch;
    try {
      await this.#call(daemon, frame.kind, () =>
        daemon.node.hostFrame({ attemptId, epoch, sequence, frame }, token),
      );
    } catch (error) {
      // The daemon does not know this host: it is asked by a new hello whether it still wants it.
      if (codeOf(error) === 'host_refused') this.#disconnected(daemon);
      throw error;
    }
  }

  /** A call over the socket, which breaks when either end dies. */
  #call<T>(daemon: RunningDaemon, name: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const callOff = daemon.part.onKilled(() => reject(new Error('the connection broke')));
      this.#environment.kernel
        .ask(this.#part, name, () => {
          if (!daemon.part.isAlive) throw new Error('nobody listens');
          return work();
        })
        .then(resolve, reject)
        .finally(callOff);
    });
  }
}

function failed(kind: 'timeout' | 'crash', message: string): TurnOutcome {
  return { kind: 'failed', error: { kind, message, resetAt: null }, usage: null };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
