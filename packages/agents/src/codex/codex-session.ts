import type { CodexAgentDefinition } from '@tina/contract';
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
import { type Fields, fieldsOf, textOf } from '../cli/json-fields.ts';
import { JsonLineProcess } from '../cli/json-line-process.ts';
import { locateCommand } from '../cli/locate-command.ts';
import type { ProcessEnd } from '../process/agent-process.ts';
import { describeEnd } from '../process/describe-end.ts';
import { redactor } from '../secret/redactor.ts';
import { answerTo } from './codex-answers.ts';
import { notLoggedIn } from './codex-outcome.ts';
import { CodexRecords } from './codex-records.ts';
import { codexArguments, PROFILE, threadSettings } from './codex-settings.ts';

const CLIENT = { name: 'tina', title: 'Tina', version: '0.1.0' };

/** What a request asked for, to know its answer by. */
type Asked = 'initialize' | 'account' | 'open' | 'resume' | 'turn' | 'other';

/**
 * Codex as `app-server`: all turns go to one process, and when that has ended, the next one resumes the same thread.
 *
 * States of a process: starting (initialize → account → thread) → ready. A turn that begins meanwhile waits until it is ready.
 * A turn that is interrupted, or whose process dies, has ended when what its tools left behind is gone.
 */
export class CodexSession implements AgentSession {
  readonly events: EventQueue;
  readonly #launch: AgentLaunch<CodexAgentDefinition>;
  readonly #io: AgentIo;
  readonly #records = new CodexRecords();
  readonly #redact: <T>(value: T) => T;
  readonly #asked = new Map<number, Asked>();
  #process: JsonLineProcess | null = null;
  #isReady = false;
  #lastRequest = 0;
  #threadId: string | null = null;
  /** Null while no turn is under way, or Codex has not named it yet. */
  #turnId: string | null = null;
  #isTurnUnderWay = false;
  #hasBegun = false;
  /** What the turn under way says, as long as it has not been said. */
  #unsaid: string | null = null;
  #turn = 0;

  constructor(launch: AgentLaunch<CodexAgentDefinition>, io: AgentIo) {
    this.#launch = launch;
    this.#io = io;
    this.#redact = redactor(io.secrets);
    this.events = new EventQueue({
      pause: () => this.#process?.pauseOutput(),
      resume: () => this.#process?.resumeOutput(),
    });
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  beginTurn({ turn, message }: AgentTurn): void {
    this.#turn = turn;
    this.#isTurnUnderWay = true;
    this.#turnId = null;
    this.#unsaid = message;
    this.#records.beginTurn();
    this.#process ??= this.#startProcess();
    if (this.#isReady) this.#sayTurn();
  }

  say({ id, text }: AgentMessage): boolean {
    if (!this.#isTurnUnderWay || this.#turnId === null) return false;
    this.#records.expect(id);
    this.#request('other', 'turn/steer', {
      threadId: this.#threadId,
      expectedTurnId: this.#turnId,
      input: [{ type: 'text', text }],
      clientUserMessageId: id,
    });
    return true;
  }

  interrupt(): boolean {
    if (!this.#isTurnUnderWay || this.#turnId === null) return false;
    this.#request('other', 'turn/interrupt', { threadId: this.#threadId, turnId: this.#turnId });
    return true;
  }

  async end(parameters: { readonly graceMs: number }): Promise<void> {
    this.#isTurnUnderWay = false;
    await this.#process?.end(parameters);
    await endEscaped({ env: this.#io.env, spareGroup: null });
    this.events.close();
  }

  /** Null when it cannot be started; the turn has ended then. */
  #startProcess(): JsonLineProcess | null {
    const located = locateCommand(this.#launch.agent, this.#launch, this.#io);
    if ('problem' in located) {
      this.#endTurn(failedTurn('crash', located.problem));
      return null;
    }
    this.#asked.clear();
    const started: JsonLineProcess = new JsonLineProcess({
      program: located.program,
      args: [...located.before, ...codexArguments(this.#launch.agent)],
      directory: this.#launch.worktree,
      env: this.#io.env,
      sandbox: this.#io.sandbox,
      secrets: this.#io.secrets,
      onRecord: (record) => this.#onRecord(fieldsOf(this.#redact(record))),
      onOutput: (event) => this.events.push(event),
      onEnd: (end, stderr) => this.#onEnd(started, end, stderr),
    });
    if (started.pid !== null)
      this.events.push({ kind: 'process-started', pid: started.pid, startTime: started.startTime });
    this.#process = started;
    this.#request('initialize', 'initialize', { clientInfo: CLIENT });
    return started;
  }

  #request(asked: Asked, method: string, params: object): void {
    this.#lastRequest += 1;
    this.#asked.set(this.#lastRequest, asked);
    this.#process?.send({ id: this.#lastRequest, method, params });
  }

  #onRecord(record: Fields): void {
    const { id, method } = record;
    if (typeof method !== 'string') return this.#onAnswer(record);
    if (typeof id === 'number' || typeof id === 'string')
      return this.#process?.send({ id, ...answerTo(method) });
    for (const event of this.#records.read(record)) {
      if (event.kind === 'turn-ended') this.#onTurnEnded(event.outcome);
      else this.events.push(event);
    }
  }

  #onAnswer(record: Fields): void {
    const id = typeof record['id'] === 'number' ? record['id'] : 0;
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked === undefined) return this.events.push({ kind: 'unknown-record', type: 'answer' });
    const result = fieldsOf(record['result']);
    if ('error' in record) return this.#onRefusal(asked, fieldsOf(record['error']));
    switch (asked) {
      case 'initialize':
        this.#process?.send({ method: 'initialized' });
        return this.#request('account', 'account/read', {});
      case 'account':
        return this.#onAccount(result);
      case 'open':
      case 'resume':
        return this.#onThread(result);
      case 'turn':
        this.#turnId = textOf(fieldsOf(result['turn'])['id']);
        return undefined;
      case 'other':
        return undefined;
      default:
        return asked satisfies never;
    }
  }

  #onRefusal(asked: Asked, error: Fields): void {
    // Its messages are lost, or it never had any: the task is told again, in another one.
    if (asked === 'resume') return this.#openThread();
    // Too late for the turn: it ends by itself.
    if (asked === 'other') return undefined;
    const why = textOf(error['message']) ?? 'no reason given';
    return void this.#endTurnClean(failedTurn('crash', `Codex refused to begin (${asked}): ${why}`));
  }

  #onAccount({ account, requiresOpenaiAuth }: Fields): void {
    if (account === null && requiresOpenaiAuth === true) return void this.#endTurnClean(notLoggedIn());
    if (this.#threadId === null) return this.#openThread();
    const settings = threadSettings(this.#launch, this.#io);
    return this.#request('resume', 'thread/resume', {
      threadId: this.#threadId,
      excludeTurns: true,
      ...settings,
    });
  }

  #openThread(): void {
    this.#threadId = null;
    this.#request('open', 'thread/start', threadSettings(this.#launch, this.#io));
  }

  #onThread(result: Fields): void {
    const threadId = textOf(fieldsOf(result['thread'])['id']);
    const profile = textOf(fieldsOf(result['activePermissionProfile'])['id']);
    if (threadId === null || profile !== PROFILE) {
      const reason = 'Codex did not take the permissions that Tina gives it.';
      return void this.#endTurnClean(failedTurn('crash', reason));
    }
    const isNew = threadId !== this.#threadId;
    for (const event of this.#records.openThread(threadId)) this.events.push(event);
    this.#threadId = threadId;
    this.#isReady = true;
    if (isNew && this.#unsaid !== null && (this.#hasBegun || this.#turn > 1))
      this.#unsaid = freshMessage(this.#launch, this.#unsaid);
    return this.#sayTurn();
  }

  #sayTurn(): void {
    if (this.#unsaid === null || !this.#isTurnUnderWay) return;
    const input = [{ type: 'text', text: this.#unsaid }];
    this.#unsaid = null;
    this.#hasBegun = true;
    this.#request('turn', 'turn/start', { threadId: this.#threadId, input });
  }

  #onTurnEnded(outcome: TurnOutcome): void {
    if (outcome.kind === 'completed') return this.#endTurn(outcome);
    return void this.#endTurnClean(outcome);
  }

  /** What the tools of a turn have started is gone when it has ended without their end. */
  async #endTurnClean(outcome: TurnOutcome): Promise<void> {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    this.#turnId = null;
    // A process that never came so far begins anew with the next turn.
    if (!this.#isReady) await this.#process?.end({ graceMs: 0 });
    await endEscaped({ env: this.#io.env, spareGroup: this.pid });
    this.events.push({ kind: 'turn-ended', outcome });
  }

  #endTurn(outcome: TurnOutcome): void {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    this.#turnId = null;
    this.events.push({ kind: 'turn-ended', outcome });
  }

  /** An exit code proves nothing: without the turn's last notification it has crashed. */
  #onEnd(ended: JsonLineProcess, end: ProcessEnd, stderr: string): void {
    if (this.#process !== ended) return;
    this.#process = null;
    this.#isReady = false;
    const reason = describeEnd(end, 'its final record', stderr);
    void this.#endTurnClean(failedTurn('crash', reason, { usage: this.#records.usage }));
  }
}
