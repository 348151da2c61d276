import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import type { AgentAdapter, AgentSession } from '../adapter/agent-adapter.ts';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { agentIo } from './agent-io.ts';
import { CrashResume, GO_ON, WENT_ON } from './crash-resume.ts';
import { DaemonChannel, type AgentOrder } from './daemon-channel.ts';
import { starterFor } from './daemon-starter.ts';
import { HOST_EXIT, type HostEnding } from './host-exit.ts';
import { HostMailbox } from './host-mailbox.ts';
import { makeTurnWatch } from './make-turn-watch.ts';
import { Interruption } from './interruption.ts';
import { messageOfTurn } from './message-of-turn.ts';
import { EventRedactor } from './event-redactor.ts';
import { redactor } from '../secret/redactor.ts';
import { forgetSecrets } from './forget-secrets.ts';
import { attachHint, renderHeader } from './render-header.ts';
import { agentSecrets, type Secret } from '../secret/secret.ts';
import { Transcript } from './transcript.ts';
import type { TurnWatch } from './turn-watch.ts';

/** Time for an agent and its git to end cleanly; less than the 2 s that the daemon gives the host for the same. */
const GRACE_MS = 1_500;

export interface AgentHostOptions {
  readonly launch: Launch;
  readonly adapter: AgentAdapter;
  readonly agentVersion: string;
  /** What the worktree really has checked out. */
  readonly branch: string;
  readonly heartbeatMs?: number;
  readonly retryMs?: number;
  /** See `DaemonStarterOptions`. */
  readonly firstStartMs?: number;
  /** Where a person looks on; best effort. */
  show(text: string): void;
}

/**
 * Drives one agent for one attempt, and is the only one who ever does.
 *
 * States: reporting in (no agent yet; G08) → accepted: a turn under way ⇄ between turns, waiting for the daemon's next
 * order → ended, by the daemon's order, a refusal, a signal, or because the attempt's folder is gone. The daemon's
 * absence changes nothing but that frames wait.
 */
export class AgentHost {
  readonly ended: Promise<HostEnding>;
  readonly #resolveEnded: (ending: HostEnding) => void;
  readonly #options: AgentHostOptions;
  readonly #launch: Launch;
  readonly #folders: { readonly outDirectory: string; readonly temporaryDirectory: string };
  readonly #transcript: Transcript;
  readonly #daemon: DaemonChannel;
  readonly #watch: TurnWatch;
  readonly #mailbox: HostMailbox;
  readonly #crashes: CrashResume;
  readonly #interruption = new Interruption();
  readonly #secrets: readonly Secret[];
  /** What the agent tells comes through here. */
  readonly #events: EventRedactor;
  #session: AgentSession | null = null;
  #process: { readonly pid: number; readonly startTime: string } | null = null;
  #turn = 0;
  #isTurnUnderWay = false;
  #isEnding = false;
  #lastProgressAt = Date.now();

  constructor(options: AgentHostOptions) {
    const { launch, agentVersion, branch, heartbeatMs, retryMs, firstStartMs } = options;
    const { promise, resolve } = Promise.withResolvers<HostEnding>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.#options = options;
    this.#launch = launch;
    const folderOf = (name: string): string => join(launch.directory, name);
    this.#folders = { outDirectory: folderOf('out'), temporaryDirectory: folderOf('tmp') };
    this.#secrets = agentSecrets(launch);
    this.#events = new EventRedactor(this.#secrets, (event) => this.#onEvent(event));
    this.#transcript = new Transcript({ directory: launch.directory, show: (text) => options.show(text) });
    this.#daemon = new DaemonChannel({
      launch,
      heartbeatMs,
      retryMs,
      starter: starterFor(launch.daemonStart, firstStartMs, (text) => {
        if (!this.#isEnding) this.#transcript.note(text);
      }),
      state: () => ({ agentVersion, branch, turn: this.#turn, lastProgressAt: this.#lastProgressAt }),
      onOrder: (order) => this.#onOrder(order),
      onRefused: ({ code, message }) =>
        void this.end({
          exitCode: HOST_EXIT.refused,
          reason: `the daemon refuses this host: ${message} (${code})`,
        }),
      onFolderGone: () =>
        void this.end({ exitCode: HOST_EXIT.folderGone, reason: 'the folder of the attempt is gone' }),
    });
    this.#watch = makeTurnWatch({
      launch,
      adapter: options.adapter,
      pid: () => this.#session?.pid ?? process.pid,
      warn: (message) => this.#warn(message),
      stop: (outcome) => void this.#stopTurn(outcome),
    });
    this.#mailbox = this.#makeMailbox(options);
    this.#crashes = new CrashResume(options.adapter.capabilities);
  }

  /** Reports in. Everything else follows from what the daemon answers. */
  start(): void {
    this.#daemon.open();
    // Behind the hello, which has been sent by then: this takes up to 4 ms, and fits into the wait for its answer.
    setImmediate(() => this.#prepare());
  }

  /** Ends the agent with all that it started, then the host (G14). The first reason counts. */
  async end(ending: HostEnding): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#isTurnUnderWay = false;
    this.#watch.stop();
    const redacted = redactor(this.#secrets)(ending);
    this.#events.flush();
    this.#transcript.note(`ends: ${redacted.reason}`);
    try {
      await this.#session?.end({ graceMs: GRACE_MS });
      this.#daemon.close();
      this.#transcript.close();
      rmSync(this.#folders.temporaryDirectory, { recursive: true, force: true });
    } finally {
      // Whatever could not be put away: a host that hangs would be worse.
      this.#resolveEnded(redacted);
    }
  }

  #makeMailbox({ adapter: { capabilities } }: AgentHostOptions): HostMailbox {
    return new HostMailbox({
      remembers: capabilities.turnsInOneProcess || capabilities.resume,
      say: (message) => this.#isTurnUnderWay && this.#session?.say(message) === true,
      delivered: (messageId, mode) =>
        this.#daemon.tell({ kind: 'message-delivered', messageId, turn: this.#turn, mode }),
    });
  }

  #prepare(): void {
    if (this.#isEnding) return;
    for (const folder of Object.values(this.#folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#transcript.header(renderHeader(this.#launch, this.#options.agentVersion), attachHint(this.#launch));
    forgetSecrets(this.#launch);
  }

  #onOrder(order: AgentOrder): void {
    if (this.#isEnding) return;
    switch (order.kind) {
      case 'accepted':
        if (this.#turn === 0) this.#beginTurn(1, this.#launch.prompt);
        return;
      case 'begin-turn':
        // Any other turn was ordered before, by a daemon that could not know that the order had arrived.
        if (order.turn === this.#turn + 1 && !this.#isTurnUnderWay)
          this.#beginTurn(order.turn, order.message);
        return;
      case 'message':
        return this.#mailbox.receive({ id: order.messageId, text: order.text });
      case 'message-read':
        return this.#mailbox.forget(order.messageId);
      case 'end':
        return void this.end({ exitCode: HOST_EXIT.ended, reason: order.reason });
      default:
        return order satisfies never;
    }
  }

  #beginTurn(turn: number, said: string): void {
    const { capabilities } = this.#options.adapter;
    this.#crashes.beginTurn();
    const heard = this.#mailbox.beginTurn(said);
    const message = messageOfTurn({ turn, said: heard, prompt: this.#launch.prompt, capabilities });
    this.#turn = turn;
    this.#isTurnUnderWay = true;
    const messageFile = this.#keep(turn === 1 ? 'prompt.md' : `prompt-${turn}.md`, message);
    this.#session ??= this.#openSession();
    const pidBefore = this.#session.pid;
    this.#session.beginTurn({ turn, message, messageFile });
    this.#lastProgressAt = Date.now();
    this.#watch.start();
    // The first message is the prompt, which has a file of its own.
    this.#transcript.note(turn === 1 ? 'turn 1 begins' : `turn ${turn} begins, Tina says:\n${heard}`);
    // A new process is told by its event; one that goes on has to be told of here.
    if (pidBefore !== null && this.#session.pid === pidBefore) this.#tellStarted();
  }

  #keep(name: string, message: string): string {
    const file = join(this.#launch.directory, name);
    writeFileSync(file, message, { mode: 0o600 });
    return file;
  }

  #openSession(): AgentSession {
    const { adapter } = this.#options;
    const session = adapter.begin(this.#launch, agentIo(this.#launch, this.#folders, this.#secrets));
    this.#follow(session).catch((error: unknown) => {
      void this.end({ exitCode: HOST_EXIT.failed, reason: `the host failed: ${String(error)}` });
    });
    return session;
  }

  async #follow(session: AgentSession): Promise<void> {
    for await (const event of session.events) {
      if (this.#isEnding) return;
      if (event.kind !== 'limit') this.#progressed();
      this.#events.push(event);
    }
  }

  #progressed(): void {
    this.#lastProgressAt = Date.now();
    this.#watch.progress();
  }

  #onEvent(event: AgentEvent): void {
    if (event.kind === 'turn-ended' && this.#interruption.take(event.outcome)) return undefined;
    this.#transcript.event(this.#turn, event);
    switch (event.kind) {
      case 'process-started':
        this.#process = { pid: event.pid, startTime: event.startTime };
        return this.#tellStarted();
      case 'tool-started':
        return this.#watch.toolStarted(event.callId);
      case 'tool-ended':
        return this.#watch.toolEnded(event.callId);
      case 'message-delivered':
        return this.#mailbox.taken(event.messageId);
      case 'turn-ended':
        return this.#endTurn(event.outcome);
      case 'session-id':
        return this.#crashes.hasConversation();
      case 'text':
      case 'output':
      case 'progress':
      case 'usage':
      case 'limit':
      case 'unknown-record':
        return undefined;
      default:
        return event satisfies never;
    }
  }

  #tellStarted(): void {
    if (this.#process === null) return;
    const { pid, startTime } = this.#process;
    this.#daemon.tell({ kind: 'agent-started', turn: this.#turn, agentPid: pid, agentStartTime: startTime });
    this.#mailbox.turnStarted();
  }

  #warn(message: string): void {
    this.#transcript.note(`warning: ${message}`);
    this.#daemon.tell({ kind: 'warning', message });
  }

  /** Ends a turn that the agent does not end: it is interrupted, or over when nothing of its process runs. */
  async #stopTurn(outcome: TurnOutcome): Promise<void> {
    const session = this.#session;
    if (!this.#isTurnUnderWay || session === null) return;
    this.#isTurnUnderWay = false;
    this.#watch.stop();
    this.#mailbox.turnEnded();
    const interrupted = await this.#interruption.of(session);
    if (interrupted === null) await session.end({ graceMs: GRACE_MS });
    if (this.#isEnding) return;
    if (interrupted === null) this.#session = null;
    this.#events.flush();
    const whole = this.#crashes.whole({ ...outcome, usage: interrupted?.usage ?? outcome.usage });
    this.#transcript.event(this.#turn, { kind: 'turn-ended', outcome: whole });
    this.#daemon.tell({ kind: 'turn-ended', turn: this.#turn, outcome: whole });
  }

  /** The agent's process has died: a new one goes on with the conversation, in the same turn. */
  #resumeTurn(): void {
    this.#warn(WENT_ON);
    this.#mailbox.turnEnded();
    const message = this.#mailbox.beginTurn(GO_ON);
    const messageFile = this.#keep(`prompt-${this.#turn}-resumed.md`, message);
    this.#watch.start();
    this.#session?.beginTurn({ turn: this.#turn, message, messageFile });
  }

  #endTurn(outcome: TurnOutcome): void {
    if (!this.#isTurnUnderWay) return;
    if (this.#crashes.goesOn(outcome, this.#session)) return this.#resumeTurn();
    this.#isTurnUnderWay = false;
    this.#watch.stop();
    this.#mailbox.turnEnded();
    this.#daemon.tell({ kind: 'turn-ended', turn: this.#turn, outcome: this.#crashes.whole(outcome) });
  }
}
