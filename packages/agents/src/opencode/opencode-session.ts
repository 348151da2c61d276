import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OpencodeAgentDefinition } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import type {
  AgentIo,
  AgentLaunch,
  AgentMessage,
  AgentSession,
  AgentTurn,
} from '../adapter/agent-adapter.ts';
import { EventQueue } from '../adapter/event-queue.ts';
import { completedTurn, failedTurn } from '../adapter/turn-outcomes.ts';
import { endEscaped } from '../cli/escaped-processes.ts';
import { freshMessage } from '../cli/fresh-message.ts';
import { locateCommand } from '../cli/locate-command.ts';
import { type Fields, fieldsOf, textOf } from '../cli/json-fields.ts';
import type { ProcessEnd } from '../process/agent-process.ts';
import { describeEnd } from '../process/describe-end.ts';
import { redactor } from '../secret/redactor.ts';
import { findToolProblem, writeAttach } from './look-at-session.ts';
import { giveUp, outcomeOfError, resetOf, type Retry } from './opencode-outcome.ts';
import { OpencodeRecords, type OpencodeSignal } from './opencode-records.ts';
import { OpencodeServer, refusalOf } from './opencode-server.ts';
import {
  judgeRequest,
  opencodeArguments,
  opencodeEnvironment,
  readModel,
  sessionRules,
} from './opencode-settings.ts';

/** After a failure OpenCode is idle twice, before and after it has tidied up; a turn that begins between them is lost. */
const SETTLE_MS = 2_000;

/**
 * OpenCode as `opencode serve`: all turns go to one process, and when that has ended, the next one goes on with the same session,
 * which OpenCode keeps. `opencode attach` can look at it meanwhile.
 *
 * States of a process: opening (listens → follows events → session) → ready. A turn that begins meanwhile waits until it is
 * ready. A turn ends when OpenCode is idle with nothing left unheard; one that failed, when it is so for good.
 */
export class OpencodeSession implements AgentSession {
  readonly events: EventQueue;
  readonly #launch: AgentLaunch<OpencodeAgentDefinition>;
  readonly #io: AgentIo;
  readonly #records = new OpencodeRecords();
  readonly #redact: <T>(value: T) => T;
  readonly #folders: readonly string[];
  #server: OpencodeServer | null = null;
  #connected = Promise.withResolvers<void>();
  #isReady = false;
  #sessionId: string | null = null;
  #isTurnUnderWay = false;
  /** OpenCode has taken the turn's prompt. */
  #isPrompted = false;
  #hasBegun = false;
  #turn = 0;
  /** What the turn under way says, as long as it has not been said. */
  #unsaid: string | null = null;
  /** Why Tina has ended the turn. */
  #givenUp: TurnOutcome | null = null;
  #settling: NodeJS.Timeout | null = null;

  constructor(launch: AgentLaunch<OpencodeAgentDefinition>, io: AgentIo) {
    this.#launch = launch;
    this.#io = io;
    this.#redact = redactor(io.secrets);
    this.#folders = [io.outDirectory, ...(io.env['TMPDIR'] === undefined ? [] : [io.env['TMPDIR']])];
    this.events = new EventQueue({
      pause: () => this.#server?.pauseOutput(),
      resume: () => this.#server?.resumeOutput(),
    });
  }

  get pid(): number | null {
    return this.#server?.pid ?? null;
  }

  beginTurn({ turn, message }: AgentTurn): void {
    this.#turn = turn;
    this.#isTurnUnderWay = true;
    this.#isPrompted = false;
    this.#givenUp = null;
    this.#unsaid = message;
    this.#records.beginTurn();
    if (this.#server === null) this.#startProcess();
    else if (this.#isReady) void this.#sayTurn(this.#server);
  }

  say({ id, text }: AgentMessage): boolean {
    const server = this.#server;
    if (!this.#isTurnUnderWay || !this.#isPrompted || this.#givenUp !== null || server === null) return false;
    this.#records.expect(id, text);
    void this.#prompt(server, text).then((refusal) => {
      if (refusal === null || server !== this.#server) return;
      this.#records.forget(id);
      this.events.push({ kind: 'output', stream: 'stderr', text: `A message was not taken: ${refusal}\n` });
    });
    return true;
  }

  interrupt(): boolean {
    if (!this.#isTurnUnderWay || !this.#isPrompted) return false;
    this.#abort();
    return true;
  }

  async end(parameters: { readonly graceMs: number }): Promise<void> {
    this.#isTurnUnderWay = false;
    this.#stopSettling();
    await this.#server?.end(parameters);
    await endEscaped({ env: this.#io.env, spareGroup: null });
    this.events.close();
  }

  #startProcess(): void {
    const { agent, worktree, model } = this.#launch;
    const located = locateCommand(agent, this.#launch, this.#io);
    if ('problem' in located) return this.#endTurn(failedTurn('crash', located.problem));
    if (readModel(model) === 'incomplete') {
      const reason = `OpenCode's models are named with their provider: provider/${model ?? ''}, not ${model ?? ''}.`;
      return this.#endTurn(failedTurn('crash', reason));
    }
    this.#connected = Promise.withResolvers<void>();
    const started: OpencodeServer = new OpencodeServer({
      program: located.program,
      args: [...located.before, ...opencodeArguments(agent)],
      directory: worktree,
      env: opencodeEnvironment(this.#launch, this.#io.env),
      sandbox: this.#io.sandbox,
      secrets: this.#io.secrets,
      onEvent: (event) => this.#onEvent(event),
      onOutput: (event) => this.events.push(event),
      onEnd: (end, stderr) => this.#onEnd(started, end, stderr),
    });
    if (started.pid !== null)
      this.events.push({ kind: 'process-started', pid: started.pid, startTime: started.startTime });
    this.#server = started;
    void started.follow();
    void this.#open(started);
    return undefined;
  }

  async #open(server: OpencodeServer): Promise<void> {
    await this.#connected.promise;
    const isKnown = await this.#isKnown(server);
    const { access, attemptId } = this.#launch;
    // With a title of ours no model is asked for one.
    const wanted = { title: `Tina ${attemptId}`, permission: sessionRules(access) };
    const opened = isKnown ? null : await server.request('POST', '/session', wanted);
    if (server !== this.#server) return;
    if (opened !== null) {
      const sessionId = textOf(fieldsOf(opened.body)['id']);
      if (sessionId === null)
        return await this.#endTurnClean(
          failedTurn('crash', `OpenCode opened no session: ${refusalOf(opened)}`),
        );
      this.#sessionId = sessionId;
      for (const event of this.#records.openSession(sessionId)) this.events.push(event);
      if (this.#unsaid !== null && (this.#hasBegun || this.#turn > 1))
        this.#unsaid = freshMessage(this.#launch, this.#unsaid);
    }
    await writeAttach(this.#attachFile, server, { launch: this.#launch, sessionId: this.#sessionId ?? '' });
    const problem = this.#launch.mcp === null ? null : await findToolProblem(server);
    if (server !== this.#server) return;
    if (problem !== null) this.events.push({ kind: 'output', stream: 'stderr', text: `${problem}\n` });
    this.#isReady = true;
    return await this.#sayTurn(server);
  }

  async #isKnown(server: OpencodeServer): Promise<boolean> {
    if (this.#sessionId === null) return false;
    const answer = await server.request('GET', `/session/${this.#sessionId}`);
    return answer?.status === 200;
  }

  get #attachFile(): string {
    return join(this.#launch.directory, 'attach.json');
  }

  async #sayTurn(server: OpencodeServer): Promise<void> {
    const [message, turn] = [this.#unsaid, this.#turn];
    if (message === null || !this.#isTurnUnderWay) return;
    this.#unsaid = null;
    this.#hasBegun = true;
    const refusal = await this.#prompt(server, message);
    if (server !== this.#server || turn !== this.#turn) return;
    if (refusal === null) this.#isPrompted = true;
    else await this.#endTurnClean(failedTurn('crash', `OpenCode did not take the prompt: ${refusal}`));
  }

  /** Null: it was taken. */
  async #prompt(server: OpencodeServer, text: string): Promise<string | null> {
    const model = readModel(this.#launch.model);
    const answer = await server.request('POST', `/session/${this.#sessionId ?? ''}/prompt_async`, {
      ...(model === null || model === 'incomplete' ? {} : { model }),
      parts: [{ type: 'text', text }],
    });
    return answer !== null && answer.status < 300 ? null : refusalOf(answer);
  }

  #abort(): void {
    void this.#server?.request('POST', `/session/${this.#sessionId ?? ''}/abort`);
  }

  #onEvent(event: unknown): void {
    for (const signal of this.#records.read(this.#redact(event))) this.#onSignal(signal);
  }

  #onSignal(signal: OpencodeSignal): void {
    if (signal.kind === 'connected') return this.#connected.resolve();
    if (signal.kind === 'asks-permission') return this.#answerPermission(signal.request);
    if (signal.kind === 'asks-question')
      return void this.#server?.request('POST', `/question/${signal.requestId}/reject`);
    if (signal.kind === 'retry') return this.#onRetry(signal.retry);
    if (signal.kind === 'idle') return this.#onIdle();
    return this.#isTurnUnderWay ? this.events.push(signal) : undefined;
  }

  #answerPermission(request: Fields): void {
    const { access, worktree } = this.#launch;
    const refusal = judgeRequest(request, { access, worktree, folders: this.#folders });
    // With a reason the agent goes on; without one the turn would be over.
    const answer = refusal === null ? { reply: 'once' } : { reply: 'reject', message: refusal };
    void this.#server?.request('POST', `/permission/${textOf(request['id']) ?? ''}/reply`, answer);
    if (refusal === null) return;
    const name = textOf(request['permission']) ?? 'a tool';
    this.events.push({ kind: 'progress', message: `refused ${name}: ${refusal}` });
  }

  #onRetry(retry: Retry): void {
    if (!this.#isTurnUnderWay || this.#givenUp !== null) return;
    const now = Date.now();
    this.events.push({ kind: 'limit', message: retry.message, resetAt: resetOf(retry, now) });
    this.#givenUp = giveUp(retry, this.#records.usage, now);
    if (this.#givenUp !== null) this.#abort();
  }

  #onIdle(): void {
    const { error, isSettled, hasHeardPrompt, hasWaiting, usage, finalMessage } = this.#records;
    if (!this.#isTurnUnderWay || !hasHeardPrompt) return;
    if (this.#givenUp === null && error === null) {
      // A message that was taken begins another round.
      if (hasWaiting) return;
      return this.#endTurn(completedTurn({ report: null, finalMessage, usage }));
    }
    const outcome = this.#givenUp ?? outcomeOfError(error ?? {}, usage, Date.now());
    if (isSettled) return void this.#endTurnClean(outcome);
    this.#settling ??= setTimeout(() => void this.#endTurnClean(outcome), SETTLE_MS);
    return undefined;
  }

  #stopSettling(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
  }

  /** What the tools of a turn have started is gone when it has ended without their end. */
  async #endTurnClean(outcome: TurnOutcome): Promise<void> {
    this.#stopSettling();
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    for (const event of this.#records.endTools()) this.events.push(event);
    // A process that never came so far begins anew with the next turn.
    if (!this.#isReady) await this.#server?.end({ graceMs: 0 });
    await endEscaped({ env: this.#io.env, spareGroup: this.pid });
    this.events.push({ kind: 'turn-ended', outcome });
  }

  #endTurn(outcome: TurnOutcome): void {
    if (this.#isTurnUnderWay) this.events.push({ kind: 'turn-ended', outcome });
    this.#isTurnUnderWay = false;
  }

  /** Without an idle the turn has crashed, whatever the exit code says. */
  #onEnd(ended: OpencodeServer, end: ProcessEnd, stderr: string): void {
    if (this.#server !== ended) return;
    this.#server = null;
    this.#isReady = false;
    rmSync(this.#attachFile, { force: true });
    const reason = describeEnd(end, 'the end of its turn', stderr);
    void this.#endTurnClean(failedTurn('crash', reason, { usage: this.#records.usage }));
  }
}
