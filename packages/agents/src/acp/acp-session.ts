import type { TurnOutcome } from '@tina/domain';
import type {
  AgentIo,
  AgentLaunch,
  AgentMessage,
  AgentSession,
  AgentTurn,
} from '../adapter/agent-adapter.ts';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { EventQueue } from '../adapter/event-queue.ts';
import { failedTurn } from '../adapter/turn-outcomes.ts';
import { endEscaped } from '../cli/escaped-processes.ts';
import { freshMessage } from '../cli/fresh-message.ts';
import { type Fields, fieldsOf, textOf } from '../cli/json-fields.ts';
import type { ProcessEnd } from '../process/agent-process.ts';
import { describeEnd } from '../process/describe-end.ts';
import { findProgram } from '../process/find-program.ts';
import { redactor } from '../secret/redactor.ts';
import type { AcpAgent } from './acp-agent.ts';
import { type AcpAnswer, AcpConnection, type AcpError } from './acp-connection.ts';
import type { AcpDialect } from './acp-dialect.ts';
import { openAcpSession } from './acp-opening.ts';
import { acpOutcome, type KnownOfTurn, outcomeOfError, textOfError } from './acp-outcome.ts';
import { answerOf, judgeCall } from './acp-permission.ts';
import { AcpRecords } from './acp-records.ts';
import { AcpUsage, tellsUsage } from './acp-usage.ts';

const METHOD_NOT_FOUND = { error: { code: -32_601, message: 'Tina does not know this request.' } };

/**
 * An agent that speaks the Agent Client Protocol: all turns go to one process, and when that has ended, the next one loads the
 * same session, where the agent can do that; else the task is told again in a new one.
 *
 * States of a process: opening (initialize → load or new session → model and mode) → ready. A turn that begins meanwhile waits
 * until it is ready. Never are two prompts under way: agents disagree about what that means.
 */
export class AcpSession implements AgentSession {
  readonly events: EventQueue;
  readonly #launch: AgentLaunch;
  readonly #io: AgentIo;
  readonly #dialect: AcpDialect;
  readonly #records = new AcpRecords();
  readonly #redact: <T>(value: T) => T;
  readonly #folders: readonly string[];
  #connection: AcpConnection | null = null;
  #agent: AcpAgent | null = null;
  #usage = new AcpUsage('turn', true);
  #hasToldUsage = false;
  #isReady = false;
  #sessionId: string | null = null;
  #isTurnUnderWay = false;
  #hasBegun = false;
  #turn = 0;
  /** What the turn under way says, as long as it has not been said. */
  #unsaid: string | null = null;

  constructor(launch: AgentLaunch, io: AgentIo, dialect: AcpDialect) {
    this.#launch = launch;
    this.#io = io;
    this.#dialect = dialect;
    this.#redact = redactor(io.secrets);
    this.#folders = [io.outDirectory, ...(io.env['TMPDIR'] === undefined ? [] : [io.env['TMPDIR']])];
    this.events = new EventQueue({
      pause: () => this.#connection?.pauseOutput(),
      resume: () => this.#connection?.resumeOutput(),
    });
  }

  get pid(): number | null {
    return this.#connection?.pid ?? null;
  }

  beginTurn({ turn, message }: AgentTurn): void {
    this.#turn = turn;
    this.#isTurnUnderWay = true;
    this.#unsaid = message;
    this.#records.beginTurn();
    this.#usage.begin();
    if (this.#connection === null) this.#startProcess();
    else if (this.#isReady) void this.#sayTurn(this.#connection);
  }

  /** Agents disagree about what a second prompt in the middle of a turn is: it waits for the next one. */
  say(_message: AgentMessage): boolean {
    return false;
  }

  interrupt(): boolean {
    if (!this.#isTurnUnderWay || !this.#isReady || this.#sessionId === null) return false;
    this.#connection?.notify('session/cancel', { sessionId: this.#sessionId });
    return true;
  }

  async end(parameters: { readonly graceMs: number }): Promise<void> {
    this.#isTurnUnderWay = false;
    await this.#connection?.end(parameters);
    await endEscaped({ env: this.#io.env, spareGroup: null });
    this.events.close();
  }

  #startProcess(): void {
    const { worktree } = this.#launch;
    const [name = '', ...args] = this.#dialect.command;
    const program = findProgram({ name, directory: worktree, path: this.#io.env['PATH'] });
    if (program === null)
      return this.#endTurn(failedTurn('crash', `The program ${name} was not found, or may not be executed.`));
    const started: AcpConnection = new AcpConnection({
      program,
      args,
      directory: worktree,
      env: this.#dialect.environment(this.#io.env),
      sandbox: this.#io.sandbox,
      secrets: this.#io.secrets,
      redact: this.#redact,
      onNotification: (method, params) => this.#onNotification(method, params),
      onRequest: (method, params) => this.#onRequest(method, params),
      onOutput: (event) => this.events.push(event),
      onEnd: (end, stderr) => this.#onEnd(started, end, stderr),
    });
    if (started.pid !== null)
      this.events.push({ kind: 'process-started', pid: started.pid, startTime: started.startTime });
    this.#connection = started;
    void this.#open(started);
    return undefined;
  }

  async #open(connection: AcpConnection): Promise<void> {
    if (this.#sessionId !== null) this.#dialect.beforeLoad(this.#sessionId);
    const opening = await openAcpSession(connection, {
      launch: this.#launch,
      dialect: this.#dialect,
      sessionId: this.#sessionId,
    });
    if (connection !== this.#connection) return;
    this.#agent = opening.agent;
    if (opening.kind === 'refused') {
      const outcome = opening.error === null ? failedTurn('crash', opening.reason) : this.#refusal(opening);
      return await this.#endTurnClean(outcome);
    }
    this.#usage = new AcpUsage(opening.agent.usage, opening.isNew);
    if (opening.isNew) {
      this.#sessionId = opening.sessionId;
      this.events.push({ kind: 'session-id', sessionId: opening.sessionId });
      if (this.#unsaid !== null && (this.#hasBegun || this.#turn > 1))
        this.#unsaid = freshMessage(this.#launch, this.#unsaid);
    }
    this.#isReady = true;
    return await this.#sayTurn(connection);
  }

  #refusal({ reason, error }: { readonly reason: string; readonly error: AcpError | null }): TurnOutcome {
    if (error === null) return failedTurn('crash', reason);
    const outcome = outcomeOfError(error, this.#knownOfTurn(true), Date.now());
    if (outcome.kind !== 'failed' || outcome.error.kind !== 'crash') return outcome;
    return failedTurn('crash', `${reason}: ${textOfError(error)}`);
  }

  async #sayTurn(connection: AcpConnection): Promise<void> {
    const [sessionId, message, turn] = [this.#sessionId, this.#unsaid, this.#turn];
    if (sessionId === null || message === null || !this.#isTurnUnderWay) return;
    this.#unsaid = null;
    this.#hasBegun = true;
    const prompt = [{ type: 'text', text: this.#dialect.asText(message) }];
    const answer = await connection.request('session/prompt', { sessionId, prompt });
    if (connection === this.#connection && turn === this.#turn) this.#onTurnAnswered(answer);
  }

  #onTurnAnswered(answer: AcpAnswer): void {
    const open = [...this.#records.endLine(), ...this.#records.tools.endAll()];
    for (const event of open) this.events.push(event);
    if (answer.kind === 'error')
      return void this.#endTurnClean(outcomeOfError(answer.error, this.#knownOfTurn(true), Date.now()));
    const { result } = answer;
    this.#usage.end(result);
    const isTold = tellsUsage(result);
    const isExpected = this.#hasToldUsage || this.#agent?.tellsUsage === true;
    this.#hasToldUsage ||= isTold;
    this.#pushUsage();
    const outcome = acpOutcome(result, this.#knownOfTurn(isExpected && !isTold));
    return outcome.kind === 'completed' ? this.#endTurn(outcome) : void this.#endTurnClean(outcome);
  }

  #knownOfTurn(isUsageMissing: boolean): KnownOfTurn {
    const { finalMessage, hasWorked } = this.#records;
    const own = this.#agent?.logins.join(' | ') ?? '';
    const login = this.#dialect.login ?? (own || `as ${this.#dialect.title} says`);
    return { usage: this.#usage.soFar, finalMessage, hasWorked, login, isUsageMissing };
  }

  #onNotification(method: string, params: Fields): void {
    if (method !== 'session/update')
      return method.startsWith('_') || method.includes('/notify/') ? undefined : this.#unknown(method);
    // The history of a session that is being loaded, and what comes when nothing was asked.
    if (!this.#isReady || !this.#isTurnUnderWay) return undefined;
    if (params['sessionId'] !== this.#sessionId) return undefined;
    const update = fieldsOf(params['update']);
    if (update['sessionUpdate'] === 'usage_update') {
      this.#usage.update(update);
      return this.#pushUsage();
    }
    for (const event of this.#records.read(update)) this.events.push(event);
    return undefined;
  }

  #unknown(method: string): void {
    this.events.push({ kind: 'unknown-record', type: method.slice(0, 60) });
  }

  #pushUsage(): void {
    const usage = this.#usage.soFar;
    if (usage !== null) this.events.push({ kind: 'usage', usage });
  }

  #onRequest(method: string, params: Fields): object {
    if (method !== 'session/request_permission') {
      this.#unknown(method);
      return METHOD_NOT_FOUND;
    }
    const call = fieldsOf(params['toolCall']);
    const { access, worktree } = this.#launch;
    const refusal = judgeCall(call, {
      access,
      worktree,
      folders: this.#folders,
      commandOf: (one) => this.#dialect.commandOf(one),
    });
    const { tools } = this.#records;
    const callId = textOf(call['toolCallId']) ?? '';
    const events: readonly AgentEvent[] =
      refusal === null ? this.#records.beginTool(tools.begin(call)) : tools.refuse(callId, refusal);
    for (const event of events) this.events.push(event);
    if (refusal !== null) {
      const message = `refused ${textOf(call['title']) ?? 'a tool'}: ${refusal}`;
      this.events.push({ kind: 'progress', message: message.slice(0, MAX_REFUSAL) });
    }
    return answerOf(params, refusal);
  }

  /** What the tools of a turn have started is gone when it has ended without their end. */
  async #endTurnClean(outcome: TurnOutcome): Promise<void> {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    // A process that never came so far begins anew with the next turn.
    if (!this.#isReady) await this.#connection?.end({ graceMs: 0 });
    await endEscaped({ env: this.#io.env, spareGroup: this.pid });
    this.events.push({ kind: 'turn-ended', outcome });
  }

  #endTurn(outcome: TurnOutcome): void {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    this.events.push({ kind: 'turn-ended', outcome });
  }

  /** An exit code proves nothing: without the answer to the turn's prompt it has crashed. */
  #onEnd(ended: AcpConnection, end: ProcessEnd, stderr: string): void {
    if (this.#connection !== ended) return;
    this.#connection = null;
    this.#isReady = false;
    const reason = describeEnd(end, 'its final record', stderr);
    void this.#endTurnClean(failedTurn('crash', reason, { usage: this.#usage.soFar }));
  }
}

/** What was refused may be a long text; people read it. */
const MAX_REFUSAL = 1_000;
