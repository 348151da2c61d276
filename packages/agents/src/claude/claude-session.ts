import { randomUUID } from 'node:crypto';
import type { ClaudeAgentDefinition } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import type {
  AgentIo,
  AgentLaunch,
  AgentMessage,
  AgentSession,
  AgentTurn,
} from '../adapter/agent-adapter.ts';
import { EventQueue } from '../adapter/event-queue.ts';
import { failedTurn } from '../adapter/turn-outcomes.ts';
import { endEscaped } from '../cli/escaped-processes.ts';
import { freshMessage } from '../cli/fresh-message.ts';
import { fieldsOf } from '../cli/json-fields.ts';
import { JsonLineProcess } from '../cli/json-line-process.ts';
import { locateCommand } from '../cli/locate-command.ts';
import type { ProcessEnd } from '../process/agent-process.ts';
import { describeEnd } from '../process/describe-end.ts';
import { redactor } from '../secret/redactor.ts';
import {
  claudeArguments,
  type ClaudeConversation,
  claudeEnvironment,
  forgetToolServer,
} from './claude-arguments.ts';
import { type ClaudePermissions, judgeTool } from './claude-permission.ts';
import { ClaudeRecords, type ClaudeSignal } from './claude-records.ts';

/**
 * Claude Code with `stream-json` in both directions: all turns go to one process, and when that has ended, the next one goes
 * on with the same conversation.
 *
 * States: no process ⇄ a process that waits ⇄ a turn under way; a turn that is interrupted, or whose process dies, has ended
 * when what its tools left behind is gone.
 */
export class ClaudeSession implements AgentSession {
  readonly events: EventQueue;
  readonly #launch: AgentLaunch<ClaudeAgentDefinition>;
  readonly #io: AgentIo;
  readonly #permissions: ClaudePermissions;
  readonly #records = new ClaudeRecords();
  readonly #redact: <T>(value: T) => T;
  #conversation: ClaudeConversation = { id: '', isKnown: false };
  #process: JsonLineProcess | null = null;
  #isTurnUnderWay = false;
  #hasBegun = false;
  /** Whether a file holds what a process has not read yet. */
  #hasToken = false;

  constructor(launch: AgentLaunch<ClaudeAgentDefinition>, io: AgentIo) {
    this.#launch = launch;
    this.#io = io;
    this.#redact = redactor(io.secrets);
    const { access, worktree } = launch;
    const folders = [io.outDirectory, ...(io.env['TMPDIR'] === undefined ? [] : [io.env['TMPDIR']])];
    this.#permissions = { access, worktree, folders };
    this.events = new EventQueue({
      pause: () => this.#process?.pauseOutput(),
      resume: () => this.#process?.resumeOutput(),
    });
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  beginTurn({ turn, message }: AgentTurn): void {
    const goesOn = this.#process !== null || this.#conversation.isKnown;
    const isFresh = !goesOn && (this.#hasBegun || turn > 1);
    this.#isTurnUnderWay = true;
    this.#hasBegun = true;
    this.#records.beginTurn();
    const started = this.#process ?? this.#startProcess();
    this.#process = started;
    started?.send(userMessage(isFresh ? freshMessage(this.#launch, message) : message, randomUUID()));
  }

  say({ id, text }: AgentMessage): boolean {
    if (!this.#isTurnUnderWay || this.#process === null) return false;
    const uuid = randomUUID();
    this.#records.expect(uuid, id);
    this.#process.send(userMessage(text, uuid));
    return true;
  }

  interrupt(): boolean {
    if (!this.#isTurnUnderWay || this.#process === null) return false;
    const request = { subtype: 'interrupt' };
    this.#process.send({ type: 'control_request', request_id: randomUUID(), request });
    return true;
  }

  async end(parameters: { readonly graceMs: number }): Promise<void> {
    this.#isTurnUnderWay = false;
    await this.#process?.end(parameters);
    this.#forgetToken();
    await endEscaped({ env: this.#io.env, spareGroup: null });
    this.events.close();
  }

  /** Null when it cannot be started; the turn has ended then. */
  #startProcess(): JsonLineProcess | null {
    const { agent, worktree } = this.#launch;
    const located = locateCommand(agent, this.#launch, this.#io);
    if ('problem' in located) {
      this.#endTurn(failedTurn('crash', located.problem));
      return null;
    }
    this.#records.beginProcess();
    this.#hasToken = this.#launch.mcp !== null;
    // The name of one that broke off before it was answered is taken.
    if (!this.#conversation.isKnown) this.#conversation = { id: randomUUID(), isKnown: false };
    const started: JsonLineProcess = new JsonLineProcess({
      program: located.program,
      args: [...located.before, ...claudeArguments(this.#launch, this.#permissions, this.#conversation)],
      directory: worktree,
      env: claudeEnvironment(this.#io.env),
      sandbox: this.#io.sandbox,
      secrets: this.#io.secrets,
      onRecord: (record) => this.#onRecord(record),
      onOutput: (event) => this.events.push(event),
      onEnd: (end, stderr) => this.#onEnd(started, end, stderr),
    });
    if (started.pid !== null)
      this.events.push({ kind: 'process-started', pid: started.pid, startTime: started.startTime });
    return started;
  }

  #onRecord(record: unknown): void {
    for (const signal of this.#records.read(this.#redact(record))) this.#onSignal(signal, record);
    if (this.#records.hasBegun) this.#forgetToken();
    if (this.#records.isAnswered) this.#conversation = { ...this.#conversation, isKnown: true };
  }

  #forgetToken(): void {
    if (!this.#hasToken) return;
    this.#hasToken = false;
    forgetToolServer(this.#launch);
  }

  #onSignal(signal: ClaudeSignal, record: unknown): void {
    if (signal.kind === 'asks-permission') return this.#answerPermission(signal, record);
    if (signal.kind === 'asks') return this.#process?.send(refuseRequest(signal.requestId, signal.subtype));
    if (signal.kind === 'turn-ended') return this.#onTurnEnded(signal.outcome);
    return this.events.push(signal);
  }

  /** @param record the question as it came: what the agent asked for must not be changed by taking out secrets */
  #answerPermission(
    { requestId, tool, input }: Extract<ClaudeSignal, { kind: 'asks-permission' }>,
    record: unknown,
  ): void {
    const refusal = judgeTool(tool, input, this.#permissions);
    const updatedInput = fieldsOf(fieldsOf(record)['request'])['input'];
    const response =
      refusal === null ? { behavior: 'allow', updatedInput } : { behavior: 'deny', message: refusal };
    this.#process?.send({
      type: 'control_response',
      response: { subtype: 'success', request_id: requestId, response },
    });
    if (refusal !== null) this.events.push({ kind: 'progress', message: `refused ${tool}: ${refusal}` });
  }

  #onTurnEnded(outcome: TurnOutcome): void {
    if (outcome.kind === 'completed') return this.#endTurn(outcome);
    // What was said and not taken would begin a turn that nobody asked for.
    if (this.#records.hasWaiting) void this.#process?.end({ graceMs: 0 });
    void this.#endTurnClean(outcome, this.pid);
  }

  /** What the tools of a turn have started is gone when it has ended without their end. */
  async #endTurnClean(outcome: TurnOutcome, spareGroup: number | null): Promise<void> {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    await endEscaped({ env: this.#io.env, spareGroup });
    this.events.push({ kind: 'turn-ended', outcome });
  }

  #endTurn(outcome: TurnOutcome): void {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    this.events.push({ kind: 'turn-ended', outcome });
  }

  /** An exit code proves nothing: without a final record the turn has crashed. */
  #onEnd(ended: JsonLineProcess, end: ProcessEnd, stderr: string): void {
    if (this.#process !== ended) return;
    this.#process = null;
    this.#forgetToken();
    if (!this.#records.hasBegun && this.#conversation.isKnown) {
      // It could not be resumed: a new one begins with the next turn.
      this.#conversation = { id: '', isKnown: false };
      this.#records.forgetConversation();
    }
    const reason = describeEnd(end, 'its final record', stderr);
    void this.#endTurnClean(failedTurn('crash', reason, { usage: this.#records.usage }), null);
  }
}

/** A text that begins with a slash is a command of Claude Code's, which never reaches the model; after a line end it is none. */
function userMessage(text: string, uuid: string): object {
  const content = text.startsWith('/') ? `\n${text}` : text;
  return { type: 'user', uuid, message: { role: 'user', content } };
}

function refuseRequest(requestId: string, subtype: string): object {
  const error = `Tina does not know the request ${subtype}.`;
  return { type: 'control_response', response: { subtype: 'error', request_id: requestId, error } };
}
